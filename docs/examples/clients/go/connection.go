package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/user"
	"time"

	"farm/gen-go/plow"

	"github.com/apache/thrift/lib/go/thrift"
)

// Farm is a connection for one goroutine at a time. It is thrown away after any fault that is not the server's refusal.
type Farm struct {
	address  string
	username string
	framed   bool
	factory  thrift.TProtocolFactory
	limits   *thrift.TConfiguration
	pipe     thrift.TTransport
	client   *plow.RpcServiceClient
}

func known(protocol, transport string) bool {
	return (protocol == "binary" || protocol == "compact") && (transport == "buffered" || transport == "framed")
}

// Connect opens a connection; every answer has to be there within the limit.
func Connect(address, protocol, transport string, limit time.Duration) (*Farm, error) {
	me, err := user.Current()
	if err != nil {
		return nil, err
	}
	limits := &thrift.TConfiguration{ConnectTimeout: limit, SocketTimeout: limit}
	farm := &Farm{address: address, username: me.Username, framed: transport == "framed", limits: limits}
	farm.factory = thrift.NewTBinaryProtocolFactoryConf(limits)
	if protocol == "compact" {
		farm.factory = thrift.NewTCompactProtocolFactoryConf(limits)
	}
	return farm, farm.open()
}

func (farm *Farm) open() error {
	farm.pipe = thrift.NewTSocketConf(farm.address, farm.limits)
	if farm.framed {
		farm.pipe = thrift.NewTFramedTransportConf(farm.pipe, farm.limits)
	} else {
		farm.pipe = thrift.NewTBufferedTransport(farm.pipe, 65536)
	}
	if err := farm.pipe.Open(); err != nil {
		return err
	}
	farm.client = plow.NewRpcServiceClientFactory(farm.pipe, farm.factory)
	return farm.client.Introduce(context.Background(), farm.username, "farm (Go)")
}

// Close gives the connection back.
func (farm *Farm) Close() { _ = farm.pipe.Close() }

// Ask calls; where the connection is lost, once more over a new one. All that is asked here may be repeated.
func Ask[Answer any](farm *Farm, call func(*plow.RpcServiceClient) (Answer, error)) (Answer, error) {
	answer, err := call(farm.client)
	var lost thrift.TTransportException
	if !errors.As(err, &lost) {
		return answer, err
	}
	fmt.Fprintf(os.Stderr, "connection lost (%s): asking again\n", err)
	farm.Close()
	if err := farm.open(); err != nil {
		return answer, err
	}
	return call(farm.client)
}

func newUUID() string {
	var id [16]byte
	if _, err := rand.Read(id[:]); err != nil {
		panic(err) // no source of random numbers: nothing can go on
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:])
}
