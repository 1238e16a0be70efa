package io.metawal.testkit.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
class ServerProcessTest {
    @TempDir
    Path directory;

    /** A test JVM: starts a server, prints its process id, and waits. */
    static final class Tests {
        public static void main(String[] arguments) throws Exception {
            Thread starting = new Thread(() -> {
                ServerProcess server = ServerProcess.logging(List.of("sleep", "300"), Path.of(arguments[0]));
                System.out.println(server.begin().pid());
            });
            starting.start();
            // The server does not end with the thread that asked for it.
            starting.join();
            System.out.println("started");
            var unused = System.in.read();
        }
    }

    @Test
    void aServerEndsWithAJvmThatIsKilled() throws Exception {
        assumeThat(ProcessStarter.endsWithThisJvm())
                .as("setpriv is here, and may ask for it")
                .isTrue();
        Process tests = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Tests.class.getName(),
                        directory.resolve("log").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader printed = tests.inputReader(StandardCharsets.UTF_8)) {
            ProcessHandle server =
                    ProcessHandle.of(Long.parseLong(printed.readLine())).orElseThrow();
            assertThat(printed.readLine()).isEqualTo("started");
            assertThat(ServerProcess.runs(server)).isTrue();
            tests.destroyForcibly().waitFor();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (ServerProcess.runs(server)) {
                assertThat(System.nanoTime()).as("the server still runs").isLessThan(deadline);
                Thread.sleep(2);
            }
        } finally {
            tests.destroyForcibly();
        }
    }

    /** As the programs of PostgreSQL are run by root. */
    @Test
    void theRequestIsMadeAfterAChangeOfTheUser() {
        assumeThat(ProcessStarter.endsWithThisJvm())
                .as("setpriv is here, and may ask for it")
                .isTrue();
        List<String> line = ProcessStarter.line(List.of("setpriv", "--reuid=65534", "postgres", "-D", "data"));
        assertThat(line.subList(1, line.size()))
                .containsExactly("--pdeathsig", "KILL", "--reuid=65534", "postgres", "-D", "data");
    }

    @Test
    void aPortOfAnotherProcessIsNotTheServers() throws Exception {
        assumeThat(Files.exists(Path.of("/proc/net/tcp")))
                .as("the machine says who listens")
                .isTrue();
        try (ServerSocket others = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ServerProcess server = ServerProcess.logging(List.of("sleep", "300"), directory.resolve("log"));
            var unused = server.begin();
            try {
                assertThat(server.listens(others.getLocalPort())).isFalse();
                assertThat(ListeningPorts.of(ProcessHandle.current()).orElseThrow())
                        .contains(others.getLocalPort());
            } finally {
                server.kill();
            }
            assertThat(server.listens(others.getLocalPort())).isFalse();
        }
    }
}
