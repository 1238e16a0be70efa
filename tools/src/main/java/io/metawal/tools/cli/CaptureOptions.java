package io.metawal.tools.cli;

import com.google.protobuf.ByteString;
import io.metawal.connectors.net.ShownUrl;
import io.metawal.metadata.fault.UsageException;
import io.metawal.tools.daemon.ComparisonPace;
import io.metawal.tools.daemon.Health;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is captured, and when something is wrong with it. */
final class CaptureOptions {
    /** Of exports that somebody makes once a day. */
    private static final Duration EXPORT_SILENCE_MAX = Duration.ofHours(25);

    private static final double PERCENT = 100;

    private static final Duration PREFIX_SILENCE_MAX = Duration.ofMinutes(15);

    @Option(
            names = "--source",
            paramLabel = "URL",
            description = {
                "etcd://[USER:PASSWORD@]HOST:PORT[,HOST:PORT…][?prefix=…&ca=FILE&cert=FILE&key=FILE]; or",
                "risingwave+etcd://HOST:PORT[,…][?hummock=URL&…], a RisingWave meta store (its Hummock is found by its own"
                        + " parameters, or by the URL of its data directory); or",
                "databend+grpc://HOST:PORT[,…], a Databend meta service; or databend+dir:DIR/PATTERN, its exports as they come; or",
                "postgres://[USER@]HOST[:PORT]/DATABASE[?schema=…&password-file=FILE&sslmode=…], mysql://…, or sqlite:FILE, a database;"
                        + " with risingwave+ before it, a RisingWave meta store in one (?hummock=URL as above). A password may come from"
                        + " METAWAL_SQL_PASSWORD"
            })
    private @Nullable String source;

    @Mixin
    private final SqlCaptureOptions sql = new SqlCaptureOptions();

    @Option(names = "--source-prefix", description = "capture only keys that start so")
    private String prefix = "";

    @Option(
            names = "--self-check-every",
            defaultValue = "PT10M",
            description =
                    "Begin a comparison of what was captured with what the source holds at most so often; PT0S for never"
                            + " (default: ${DEFAULT-VALUE}).")
    private Duration selfCheckEvery = ComparisonPace.PaceSettings.DEFAULT.roundEvery();

    @Option(
            names = "--self-check-share",
            paramLabel = "PERCENT",
            defaultValue = "1",
            description =
                    "Share of the time that comparisons with the source may work, in percent (default: ${DEFAULT-VALUE}).")
    private double selfCheckShare = PERCENT * ComparisonPace.PaceSettings.DEFAULT.share();

    @Option(
            names = "--lag-max",
            defaultValue = "PT1M",
            description = "the archive may lag so long before /healthz is red")
    private Duration lagMax = Health.DEFAULT.lagMax();

    @Option(
            names = "--silence-max",
            description =
                    "the source may be silent so long (default: PT1M; with a prefix PT15M, since etcd then tells its"
                            + " progress every ten minutes; with databend+dir PT25H)")
    private @Nullable Duration silenceMax;

    @Option(
            names = "--takeover-after",
            defaultValue = "PT6S",
            description =
                    "when another process writes this repository: follow it, and take over when it gave no sign of life"
                            + " for so long")
    private Duration takeoverAfter = Duration.ofSeconds(6);

    CapturedService source(InstantSource clock) {
        if (source == null) {
            throw new UsageException(
                    "which service is to be captured? Give --source URL, or a key `source` in the config");
        }
        if (SqlServices.names(source)) {
            SqlServices service = SqlServices.parse(source);
            sql.requireEffect(service.url().toString(), service.url().engine());
            return CapturedService.of(service.source(sql, clock));
        }
        sql.requireEffect(ShownUrl.withoutLogin(source), null);
        return CapturedService.open(
                source, etcd -> prefix.isEmpty() ? etcd : etcd.withPrefix(ByteString.copyFromUtf8(prefix)), clock);
    }

    /** The service of a URL, with the defaults of every other option. */
    static CapturedService service(String url, InstantSource clock) {
        return SqlServices.names(url)
                ? CapturedService.of(SqlServices.parse(url).source(new SqlCaptureOptions(), clock))
                : CapturedService.open(url, etcd -> etcd, clock);
    }

    ComparisonPace.PaceSettings pace() {
        if (!(selfCheckShare > 0 && selfCheckShare <= PERCENT)) {
            throw new UsageException("--self-check-share " + selfCheckShare
                    + ": expected more than 0 and at most 100 percent; --self-check-every PT0S compares nothing");
        }
        return new ComparisonPace.PaceSettings(selfCheckShare / PERCENT, selfCheckEvery);
    }

    Health health() {
        Duration silence = prefix.isEmpty() ? Health.DEFAULT.silenceMax() : PREFIX_SILENCE_MAX;
        if (source != null && source.startsWith(CapturedService.DATABEND_DIRECTORY)) {
            silence = EXPORT_SILENCE_MAX;
        }
        return new Health(lagMax, silenceMax == null ? silence : silenceMax);
    }

    /** @param heartbeat how often a writer gives a sign of life */
    Duration takeoverAfter(Duration heartbeat) {
        if (takeoverAfter.compareTo(heartbeat.multipliedBy(2)) < 0) {
            throw new UsageException("--takeover-after " + takeoverAfter + " is less than two heartbeats of "
                    + heartbeat + ": a writer that lives would be taken for dead");
        }
        return takeoverAfter;
    }
}
