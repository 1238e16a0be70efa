package io.metawal.testkit.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The TCP ports that processes listen on, as Linux tells: {@code /proc/net/tcp} has a line with the port and the inode of each socket,
 * and {@code /proc/PID/fd} a link {@code socket:[INODE]} for each that a process has open.
 */
final class ListeningPorts {
    private static final String LISTEN = "0A";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private ListeningPorts() {}

    /** Those of a process and of the processes that it started; empty where the machine does not tell. */
    static Optional<Set<Integer>> of(ProcessHandle process) {
        Map<String, Integer> sockets = new HashMap<>();
        try {
            for (String table : List.of("tcp", "tcp6")) {
                Path file = Path.of("/proc/net", table);
                if (Files.exists(file)) {
                    read(file, sockets);
                }
            }
            if (sockets.isEmpty()) {
                return Optional.empty();
            }
            Set<Integer> ports = new HashSet<>();
            for (ProcessHandle one :
                    Stream.concat(Stream.of(process), process.descendants()).toList()) {
                addPorts(one, sockets, ports);
            }
            return Optional.of(ports);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void read(Path table, Map<String, Integer> sockets) throws IOException {
        for (String line : Files.readAllLines(table)) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length > INODE && fields[STATE].equals(LISTEN)) {
                String port = fields[LOCAL].substring(fields[LOCAL].lastIndexOf(':') + 1);
                sockets.put("socket:[" + fields[INODE] + "]", Integer.parseInt(port, 16));
            }
        }
    }

    private static void addPorts(ProcessHandle process, Map<String, Integer> sockets, Set<Integer> ports)
            throws IOException {
        Path open = Path.of("/proc", Long.toString(process.pid()), "fd");
        try (Stream<Path> files = Files.list(open)) {
            for (Path file : files.toList()) {
                Integer port = sockets.get(target(file));
                if (port != null) {
                    ports.add(port);
                }
            }
        }
    }

    /** Empty for one that was closed meanwhile. */
    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
