package io.metawal.connectors.sql.binlog;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.network.AuthenticationException;
import com.github.shyiko.mysql.binlog.network.SSLMode;
import com.github.shyiko.mysql.binlog.network.ServerException;
import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One connection that the log comes over. A thread of the client's fills a bounded queue; what ends the connection stands in the queue
 * behind what came before it, so that nothing is lost and nothing is skipped. For one thread.
 */
public final class BinlogReader implements AutoCloseable {
    private static final int QUEUED_MAX = 256;
    private static final int HEARTBEAT_MILLIS = 1_000;
    private static final int SILENT_MILLIS_MAX = 30_000;
    private static final int CONNECT_MILLIS_MAX = 10_000;
    private static final int FATAL_READING_LOG = 1236;
    /** Held, since the logging of the JDK forgets levels of loggers that nobody holds. It would print every connection. */
    private static final Logger CLIENT_LOG = Logger.getLogger("com.github.shyiko.mysql.binlog");

    static {
        CLIENT_LOG.setLevel(Level.OFF);
    }

    private final BinlogAddress address;
    private final BinaryLogClient client;
    private final Thread thread;
    private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(QUEUED_MAX);
    private final GroupAssembler assembler;
    private final Queue<BinlogGroup> ready = new ArrayDeque<>();
    private volatile boolean closed;
    private long silentMillis;

    private record Item(@Nullable Event event, @Nullable Exception end) {}

    /** The log is not there any more from where it was asked for. */
    public static final class LostException extends MetawalException {
        private static final long serialVersionUID = 1L;

        LostException(String message, Throwable cause) {
            super(ExitCode.GAP, message, cause);
        }
    }

    /** Begins to read behind a place. */
    public BinlogReader(BinlogAddress address, BinlogPlace from) {
        this.address = address;
        this.assembler = new GroupAssembler(address.toString(), from);
        client = new BinaryLogClient(address.host(), address.port(), address.user(), address.password());
        client.setServerId(address.serverId());
        client.setBinlogFilename(from.file());
        client.setBinlogPosition(from.offset());
        client.setKeepAlive(false);
        client.setConnectTimeout(CONNECT_MILLIS_MAX);
        client.setHeartbeatInterval(HEARTBEAT_MILLIS);
        client.setSSLMode(
                switch (address.tls()) {
                    case OFF -> SSLMode.DISABLED;
                    case PREFERRED -> SSLMode.PREFERRED;
                    case REQUIRED -> SSLMode.REQUIRED;
                    case TRUSTED, VERIFIED -> SSLMode.VERIFY_CA;
                });
        if (address.tls() == BinlogAddress.Tls.TRUSTED || address.tls() == BinlogAddress.Tls.VERIFIED) {
            client.setSslSocketFactory(new VerifiedSockets(address));
        }
        client.setEventDeserializer(new RowEvents(address.database()));
        client.registerEventListener(event -> offer(new Item(event, null)));
        client.registerLifecycleListener(new Endings());
        thread = new Thread(this::read, "binlog " + address.host() + ":" + address.port());
        thread.setDaemon(true);
        thread.start();
    }

    private final class Endings extends BinaryLogClient.AbstractLifecycleListener {
        @Override
        public void onCommunicationFailure(BinaryLogClient failed, Exception e) {
            offer(new Item(null, e));
        }

        @Override
        public void onEventDeserializationFailure(BinaryLogClient failed, Exception e) {
            // The client would go on with the next event.
            offer(new Item(
                    null,
                    new UnsupportedFormatException(
                            address + ": an event of the binary log behind "
                                    + failed.getBinlogFilename() + ":" + failed.getBinlogPosition()
                                    + " cannot be read: "
                                    + (e.getCause() == null ? e : e.getCause().getMessage()),
                            e)));
        }
    }

    private void read() {
        try {
            client.connect();
            offer(new Item(null, new IOException("the server ended the connection")));
        } catch (IOException | RuntimeException e) {
            offer(new Item(null, e));
        }
    }

    private void offer(Item item) {
        try {
            while (!closed && !queue.offer(item, 100, TimeUnit.MILLISECONDS)) {
                // Whoever takes them is behind; the server waits with us.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * The next transaction; null where none came in this time.
     *
     * @throws UnreachableException where the connection broke; it is opened anew behind what was taken
     * @throws LostException where the server does not have that part of the log
     */
    public @Nullable BinlogGroup poll(long waitMillis) throws InterruptedException {
        BinlogGroup next = ready.poll();
        Item item = next == null ? queue.poll(waitMillis, TimeUnit.MILLISECONDS) : null;
        silentMillis = next != null || item != null ? 0 : silentMillis + waitMillis;
        if (silentMillis > SILENT_MILLIS_MAX) {
            throw new UnreachableException(address + ": nothing came over the binary log's connection for "
                    + silentMillis + " ms, not even a heartbeat: it is opened again");
        }
        while (next == null && item != null) {
            Event event = item.event();
            if (event == null) {
                throw ended(item.end());
            }
            next = assembler.take(event);
            item = next == null ? queue.poll() : null;
        }
        return next;
    }

    /** Up to where everything was taken; never within a transaction. */
    public BinlogPlace complete() {
        return assembler.complete();
    }

    private MetawalException ended(@Nullable Exception end) {
        if (end instanceof MetawalException typed) {
            return typed;
        }
        String said = address + ": " + (end == null ? "" : end.getMessage());
        if (end instanceof AuthenticationException) {
            return new MetawalException(ExitCode.ACCESS_DENIED, said + ". Check user and password", end);
        }
        if (end instanceof ServerException server) {
            String numbered = said + " (error " + server.getErrorCode() + ")";
            return switch (server.getErrorCode()) {
                case FATAL_READING_LOG -> new LostException(numbered, server);
                case 1044, 1045, 1227 ->
                    new MetawalException(
                            ExitCode.ACCESS_DENIED, numbered + ". Grant REPLICATION SLAVE to the user", server);
                default -> new UnreachableException(numbered, server);
            };
        }
        return new UnreachableException(address + ": the binary log's connection ended: " + end, end);
    }

    @Override
    public void close() {
        closed = true;
        try {
            client.disconnect();
        } catch (IOException e) {
            // It is gone anyway.
        }
        thread.interrupt();
    }
}
