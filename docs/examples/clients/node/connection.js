// A connection on which any number of calls may be under way. Thrown away after any fault but a refusal.

"use strict";

const os = require("os");
const thrift = require("thrift");
const RpcService = require("./gen-nodejs/RpcService");

const PROTOCOLS = { binary: thrift.TBinaryProtocol, compact: thrift.TCompactProtocol };
const TRANSPORTS = { buffered: thrift.TBufferedTransport, framed: thrift.TFramedTransport };

class Lost extends Error {}

class Farm {
  constructor(address, protocol, transport, limitMs) {
    const colon = address.lastIndexOf(":");
    this.host = address.slice(0, colon);
    this.port = Number(address.slice(colon + 1));
    this.options = { protocol: PROTOCOLS[protocol], transport: TRANSPORTS[transport], timeout: limitMs };
  }

  /** Connect and say who asks. */
  async open() {
    const pipe = thrift.createConnection(this.host, this.port, this.options);
    this.pipe = pipe;
    // Thrift forgets the calls that are under way when a connection ends: their promises would wait for ever.
    this.lost = new Promise((_, reject) => {
      pipe.on("error", (fault) => reject(new Lost(fault.message || fault.code)));
      pipe.on("close", () => reject(new Lost("closed by the server")));
      pipe.on("timeout", () => reject(new Lost("no answer in time")));
    });
    this.lost.catch(() => {}); // told to whoever asks
    this.client = thrift.createClient(RpcService, pipe);
    await Promise.race([this.client.introduce(os.userInfo().username, "farm.js"), this.lost]);
  }

  /** Call; where the connection is lost, once more over a new one. All that is asked here may be repeated. */
  async ask(call, ...words) {
    const { pipe } = this;
    try {
      return await Promise.race([this.client[call](...words), this.lost]);
    } catch (fault) {
      if (!(fault instanceof Lost)) {
        throw fault;
      }
      console.error(`connection lost (${fault.message}): asking again`);
    }
    if (this.pipe === pipe) {
      this.opened = this.reopen(); // the first of the calls that were under way; the others wait for it
    }
    await this.opened;
    return Promise.race([this.client[call](...words), this.lost]);
  }

  reopen() {
    this.close();
    return this.open();
  }

  close() {
    this.pipe.destroy();
  }
}

exports.Farm = Farm;
exports.knows = (protocol, transport) => protocol in PROTOCOLS && transport in TRANSPORTS;
