"""The wire: Thrift messages over sockets, guarded on both sides."""
