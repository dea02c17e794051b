import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossbar.autobahn.wamp.Client;
import io.crossbar.autobahn.wamp.Session;
import io.crossbar.autobahn.wamp.exceptions.ApplicationError;
import io.crossbar.autobahn.wamp.interfaces.IAuthenticator;
import io.crossbar.autobahn.wamp.interfaces.IInvocationHandler;
import io.crossbar.autobahn.wamp.interfaces.TriConsumer;
import io.crossbar.autobahn.wamp.transports.NettyWebSocket;
import io.crossbar.autobahn.wamp.types.CallOptions;
import io.crossbar.autobahn.wamp.types.EventDetails;
import io.crossbar.autobahn.wamp.types.InvocationResult;
import io.crossbar.autobahn.wamp.types.PublishOptions;
import io.crossbar.autobahn.wamp.types.RegisterOptions;
import io.crossbar.autobahn.wamp.types.SessionDetails;
import io.crossbar.autobahn.wamp.types.SubscribeOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * A foreign client in Java that does what it is told: a command is one JSON line on the standard
 * input, an answer or an event one on the output. peer_test.go has the commands.
 */
public class Peer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static Session session;
    private static CompletableFuture<Object> left;

    static synchronized void say(Map<String, Object> line) {
        try {
            OUT.println(JSON.writeValueAsString(line));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Marks what JSON cannot hold. */
    static Object pack(Object v) {
        if (v instanceof byte[] b) {
            return Map.of("$bytes", Base64.getEncoder().encodeToString(b));
        }
        if (v instanceof List<?> all) {
            List<Object> out = new ArrayList<>();
            all.forEach(x -> out.add(pack(x)));
            return out;
        }
        if (v instanceof Map<?, ?> all) {
            Map<String, Object> out = new LinkedHashMap<>();
            all.forEach((k, x) -> out.put(k.toString(), pack(x)));
            return out;
        }
        return v;
    }

    static Object unpack(JsonNode v) {
        if (v.has("$bytes")) {
            return Base64.getDecoder().decode(v.get("$bytes").asText());
        }
        if (v.has("$int")) {
            return Long.parseLong(v.get("$int").asText());
        }
        if (v.isArray()) {
            List<Object> out = new ArrayList<>();
            v.forEach(x -> out.add(unpack(x)));
            return out;
        }
        if (v.isObject()) {
            Map<String, Object> out = new LinkedHashMap<>();
            v.fields().forEachRemaining(e -> out.put(e.getKey(), unpack(e.getValue())));
            return out;
        }
        return JSON.convertValue(v, Object.class);
    }

    @SuppressWarnings("unchecked")
    static List<Object> args(JsonNode m) {
        return (List<Object>) unpack(m.get("args"));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> kwargs(JsonNode m) {
        return (Map<String, Object>) unpack(m.get("kwargs"));
    }

    static Map<String, Object> payload(List<Object> args, Map<String, Object> kwargs) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("args", args == null ? List.of() : pack(args));
        out.put("kwargs", kwargs == null ? Map.of() : pack(kwargs));
        return out;
    }

    /**
     * Session says HELLO before it can take a WELCOME, and before NettyWebSocket has noted the channel
     * to write to, where HELLO is lost: this one waits for the channel, and reads nothing meanwhile.
     */
    static class Joining extends Session {
        private final NettyWebSocket transport;
        private final CompletableFuture<Object> joined;

        Joining(NettyWebSocket transport, CompletableFuture<Object> joined) {
            this.transport = transport;
            this.joined = joined;
        }

        @Override
        public synchronized CompletableFuture<SessionDetails> join(String realm, List<IAuthenticator> logins) {
            while (!transport.isOpen() && !joined.isDone()) {
                LockSupport.parkNanos(1_000_000); // nothing reports the channel
            }
            return super.join(realm, logins);
        }

        @Override
        public synchronized void onMessage(byte[] message, boolean binary) throws Exception {
            super.onMessage(message, binary);
        }
    }

    static CompletableFuture<Object> join(JsonNode m) {
        CompletableFuture<Object> joined = new CompletableFuture<>();
        left = new CompletableFuture<>();
        CompletableFuture<Object> gone = left;
        var subprotocol = "wamp.2." + m.get("serializer").asText();
        var transport = new NettyWebSocket(m.get("url").asText(), List.of(subprotocol));
        session = new Joining(transport, joined);
        session.addOnJoinListener((s, details) -> joined.complete(null));
        session.addOnLeaveListener((s, details) -> joined.completeExceptionally(new ApplicationError(details.reason)));
        session.addOnDisconnectListener((s, clean) -> gone.complete(null));
        var client = new Client(transport, Executors.newSingleThreadExecutor(r -> {
            Thread t = new Thread(r);
            t.setDaemon(true);
            return t;
        }));
        client.add(session, m.get("realm").asText());
        client.connect().whenComplete((exit, e) -> joined.completeExceptionally(e != null ? e : new ApplicationError("disconnected")));
        return joined;
    }

    static CompletableFuture<?> register(JsonNode m) {
        IInvocationHandler handler = (args, kwargs, details) -> switch (m.get("as").asText()) {
            case "echo" -> new InvocationResult(args, kwargs);
            case "answer" -> new InvocationResult(args(m), kwargs(m));
            default -> throw new ApplicationError(m.get("error").asText(), args(m), kwargs(m));
        };
        return session.register(m.get("uri").asText(), handler, new RegisterOptions(option(m, "match", "exact"), "single"));
    }

    static CompletableFuture<?> subscribe(JsonNode m) {
        TriConsumer<List<Object>, Map<String, Object>, EventDetails> handler = (args, kwargs, details) -> {
            var line = payload(args, kwargs);
            line.put("event", m.get("uri").asText());
            line.put("topic", details.topic == null ? "" : details.topic);
            line.put("retained", details.retained);
            say(line);
        };
        boolean retained = Boolean.parseBoolean(option(m, "get_retained", "false"));
        return session.subscribe(m.get("uri").asText(), handler, new SubscribeOptions(option(m, "match", "exact"), true, retained));
    }

    static String option(JsonNode m, String name, String otherwise) {
        return m.path("options").path(name).asText(otherwise);
    }

    static CompletableFuture<?> command(JsonNode m) {
        switch (m.get("do").asText()) {
            case "join":
                return join(m);
            case "call":
                return session.call(m.get("uri").asText(), args(m), kwargs(m), new CallOptions(60000)).thenApply(r -> payload(r.results, r.kwresults));
            case "register":
                return register(m).thenApply(x -> null);
            case "subscribe":
                return subscribe(m).thenApply(x -> null);
            case "publish":
                boolean retain = Boolean.parseBoolean(option(m, "retain", "false"));
                return session.publish(m.get("uri").asText(), args(m), kwargs(m), new PublishOptions(true, true, retain)).thenApply(x -> null);
            case "leave":
                session.leave();
                return left;
            default:
                return CompletableFuture.failedFuture(new IllegalArgumentException(m.get("do").asText()));
        }
    }

    static Map<String, Object> failure(Throwable e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (cause instanceof ApplicationError a) {
            var error = payload(a.args, a.kwargs);
            error.put("uri", a.getMessage());
            return error;
        }
        return Map.of("uri", cause.toString());
    }

    public static void main(String[] arguments) throws Exception {
        System.setOut(System.err); // the output is for lines of ours
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode m = JSON.readTree(line);
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("n", m.get("n"));
            CompletableFuture<?> done;
            try {
                done = command(m);
            } catch (RuntimeException e) {
                done = CompletableFuture.failedFuture(e);
            }
            done.whenComplete((result, e) -> {
                if (e != null) {
                    answer.put("error", failure(e));
                } else {
                    answer.put("ok", result);
                }
                say(answer);
            });
        }
        System.exit(0);
    }
}
