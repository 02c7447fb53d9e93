import java.util.Set;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TCompactProtocol;
import org.apache.thrift.protocol.TProtocolException;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransport;
import org.apache.thrift.transport.TTransportException;
import org.apache.thrift.transport.layered.TFramedTransport;
import plow.RpcService;

/** A connection for one thread. It is thrown away after any fault that is not the server's refusal. */
class Connection implements AutoCloseable {
    interface Question<Answer> {
        Answer ask(RpcService.Client client) throws TException;
    }

    interface Order {
        void give(RpcService.Client client) throws TException;
    }

    private final String host;
    private final int port;
    private final boolean compact;
    private final boolean framed;
    private final int limitMs;
    private TTransport pipe;
    private RpcService.Client client;

    Connection(String address, String protocol, String transport, int limitMs) throws TException {
        int colon = address.lastIndexOf(':');
        host = address.substring(0, colon);
        port = Integer.parseInt(address.substring(colon + 1));
        compact = protocol.equals("compact");
        framed = transport.equals("framed");
        this.limitMs = limitMs;
        open();
    }

    static boolean knows(String protocol, String transport) {
        return Set.of("binary", "compact").contains(protocol) && Set.of("buffered", "framed").contains(transport);
    }

    private void open() throws TException {
        pipe = new TSocket(host, port, limitMs); // buffered by itself
        if (framed) {
            pipe = new TFramedTransport(pipe);
        }
        pipe.open();
        client = new RpcService.Client(compact ? new TCompactProtocol(pipe) : new TBinaryProtocol(pipe));
        client.introduce(System.getProperty("user.name"), "Farm.java");
    }

    /** Call; where the connection is lost, once more over a new one. All that is asked here may be repeated. */
    <Answer> Answer ask(Question<Answer> question) throws TException {
        try {
            return question.ask(client);
        } catch (TTransportException fault) {
            System.err.println("connection lost (" + fault.getMessage() + "): asking again");
        } catch (TProtocolException fault) { // a struct that lacks something: half of it is in the buffer
            reopen();
            throw fault;
        }
        reopen();
        return question.ask(client);
    }

    /** A call without an answer. */
    void tell(Order order) throws TException {
        ask(client -> {
            order.give(client);
            return null;
        });
    }

    private void reopen() throws TException {
        close();
        open();
    }

    @Override
    public void close() {
        pipe.close();
    }
}
