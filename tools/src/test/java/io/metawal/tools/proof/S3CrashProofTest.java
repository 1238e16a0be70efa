package io.metawal.tools.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.metawal.storage.s3.S3ObjectStore;
import io.metawal.testkit.object.EveryCall;
import io.metawal.testkit.object.Fault;
import io.metawal.testkit.s3.S3Server;
import io.metawal.testkit.seed.Seeded;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * As {@link CrashAtEveryCallTest}, on a real S3 service over HTTP. A usual run tries each kind of fault at every third call, so that
 * every call meets one; {@code bin/soak} tries each at each.
 */
@Tag("server")
@Tag("slow")
class S3CrashProofTest {
    private static final long FIRST_SEED = 31;
    private static final int STRIDE = Seeded.size(3, 1);

    @TempDir
    Path scratch;

    @Test
    void aFaultAtEveryCallLosesNothingThatWasAcknowledged() {
        S3Server server = S3Server.shared();
        Seeded.checkSeeds(FIRST_SEED, 1, seed -> {
            int struck = EveryCall.check(
                    List.of(
                            Fault.FAIL_BEFORE,
                            Fault.SUCCEED_BUT_REPORT_FAILURE,
                            Fault.CRASH_BEFORE,
                            Fault.CRASH_AFTER,
                            Fault.CRASH_AND_LAND_LATER),
                    STRIDE,
                    () -> S3ObjectStore.open(server.freshUrl(), server.environment()),
                    store -> CrashAtEveryCallTest.liveThrough(store, Collected.limits(scratch, 2, 1 << 20), 1, seed));
            assertThat(struck).as("faults met").isGreaterThan(200 / STRIDE);
        });
    }
}
