package io.metawal.pitr.restore;

import io.metawal.metadata.image.Digest;
import io.metawal.metadata.port.RestoreReport;
import io.metawal.pitr.plan.RestorePlan;

/**
 * A restore that was done and proven.
 *
 * @param readBack whether the target was read back and compared with what it was given
 */
public record RestoreResult(RestorePlan plan, Digest digest, RestoreReport report, boolean readBack, long millis) {}
