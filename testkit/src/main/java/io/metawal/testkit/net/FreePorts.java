package io.metawal.testkit.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Loopback ports for servers under test. A port is found once in the life of this JVM, by no other test JVM of this user meanwhile,
 * and is not of those that the system gives to connections: a server that was stopped gets it again.
 */
public final class FreePorts {
    private static final int FIRST = 15_000;
    /** Linux gives connections ports from 32768 on. */
    private static final int COUNT = 17_000;

    private static final Object LOCK = new Object();
    private static int next = (int) (ProcessHandle.current().pid() * 191 % COUNT);

    private FreePorts() {}

    public static int[] find(int count) throws IOException {
        synchronized (LOCK) {
            List<ServerSocket> sockets = new ArrayList<>();
            try {
                for (int i = 0; i < count; i++) {
                    sockets.add(bind());
                }
                return sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
            } finally {
                for (ServerSocket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    /** Whether nobody listens on a port: then it is not why a server on it did not start. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** The next ports to be found are those from this one on. */
    static void startAt(int port) {
        synchronized (LOCK) {
            next = port - FIRST;
        }
    }

    private static ServerSocket bind() throws IOException {
        for (int i = 0; i < COUNT; i++) {
            int port = FIRST + next;
            next = (next + 1) % COUNT;
            if (Claims.claim(port)) {
                ServerSocket socket = new ServerSocket();
                try {
                    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
                    return socket;
                } catch (IOException taken) {
                    // By a program that is not a test.
                    socket.close();
                }
            }
        }
        throw new IOException("none of the ports from " + FIRST + " on is free");
    }

    /** A lock on one byte of a file for each port, which ends with this JVM. */
    private static final class Claims {
        private static final FileChannel FILE = open();

        private static FileChannel open() {
            try {
                return FileChannel.open(
                        Path.of(
                                System.getProperty("java.io.tmpdir"),
                                "metawal-ports-" + System.getProperty("user.name")),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        static boolean claim(int port) throws IOException {
            try {
                return FILE.tryLock(port, 1, false) != null;
            } catch (OverlappingFileLockException ours) {
                return false;
            }
        }
    }
}
