// A connection for one thread. It is thrown away after any fault that is not the server's refusal.
#pragma once

#include <unistd.h>

#include <iostream>
#include <memory>
#include <string>

#include <pwd.h>

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>
#include <thrift/transport/TSocket.h>

#include "gen-cpp/RpcService.h"

inline std::string me() {
  const passwd *account = getpwuid(getuid());
  return account ? account->pw_name : "unknown";
}

class Farm {
 public:
  Farm(const std::string &address, const std::string &protocol, const std::string &transport, int limit_ms)
      : compact_(protocol == "compact"), framed_(transport == "framed"), limit_ms_(limit_ms) {
    const auto colon = address.rfind(':');
    host_ = address.substr(0, colon);
    port_ = std::stoi(address.substr(colon + 1));
    open();
  }

  static bool knows(const std::string &protocol, const std::string &transport) {
    return (protocol == "binary" || protocol == "compact") && (transport == "buffered" || transport == "framed");
  }

  /// Call; where the connection is lost, once more over a new one. All that is asked here may be repeated.
  template <typename Call>
  auto ask(Call call) {
    try {
      return call(*client_);
    } catch (const apache::thrift::transport::TTransportException &fault) {
      std::cerr << "connection lost (" << fault.what() << "): asking again" << std::endl;
    }
    pipe_->close();
    open();
    return call(*client_);
  }

 private:
  void open() {
    using namespace apache::thrift;
    auto socket = std::make_shared<transport::TSocket>(host_, port_);
    socket->setConnTimeout(limit_ms_);
    socket->setSendTimeout(limit_ms_);
    socket->setRecvTimeout(limit_ms_);
    if (framed_) {
      pipe_ = std::make_shared<transport::TFramedTransport>(socket);
    } else {
      pipe_ = std::make_shared<transport::TBufferedTransport>(socket);
    }
    pipe_->open();
    std::shared_ptr<protocol::TProtocol> words;
    if (compact_) {
      words = std::make_shared<protocol::TCompactProtocol>(pipe_);
    } else {
      words = std::make_shared<protocol::TBinaryProtocol>(pipe_);
    }
    client_ = std::make_unique<Plow::RpcServiceClient>(words);
    client_->introduce(me(), "farm (C++)");
  }

  std::string host_;
  int port_;
  bool compact_;
  bool framed_;
  int limit_ms_;
  std::shared_ptr<apache::thrift::transport::TTransport> pipe_;
  std::unique_ptr<Plow::RpcServiceClient> client_;
};
