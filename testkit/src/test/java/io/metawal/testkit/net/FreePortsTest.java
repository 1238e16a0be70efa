package io.metawal.testkit.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("process")
class FreePortsTest {
    /** Another test JVM: finds ports from one on, prints them, and waits. */
    static final class Other {
        public static void main(String[] arguments) throws Exception {
            FreePorts.startAt(Integer.parseInt(arguments[0]));
            System.out.println(Arrays.toString(FreePorts.find(5)));
            var unused = System.in.read();
        }
    }

    @Test
    void noPortIsFoundTwice() throws Exception {
        int[] first = FreePorts.find(3);
        FreePorts.startAt(first[0]);
        assertThat(FreePorts.find(3)).doesNotContain(first[0], first[1], first[2]);
    }

    @Test
    void aPortThatAnybodyListensOnIsNotFound() throws Exception {
        int next = FreePorts.find(1)[0] + 1;
        try (ServerSocket others = new ServerSocket(next, 1, InetAddress.getLoopbackAddress())) {
            FreePorts.startAt(next);
            assertThat(FreePorts.find(1)[0]).isNotEqualTo(others.getLocalPort());
        }
    }

    @Test
    void noPortIsFoundByTwoTestRunsAtATime() throws Exception {
        int from = FreePorts.find(1)[0];
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        Integer.toString(from))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader printed = other.inputReader(StandardCharsets.UTF_8)) {
            String line = printed.readLine();
            List<Integer> theirs = Stream.of(
                            line.substring(1, line.length() - 1).split(", "))
                    .map(Integer::valueOf)
                    .toList();
            assertThat(theirs).hasSize(5).doesNotContain(from);
            FreePorts.startAt(from);
            assertThat(Arrays.stream(FreePorts.find(5)).boxed()).doesNotContainAnyElementsOf(theirs);
        } finally {
            other.destroyForcibly();
        }
    }
}
