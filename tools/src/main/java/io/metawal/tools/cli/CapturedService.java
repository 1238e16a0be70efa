package io.metawal.tools.cli;

import io.metawal.connectors.databend.DatabendDirectorySource;
import io.metawal.connectors.databend.ImportOptions;
import io.metawal.connectors.databend.grpc.DatabendGrpcSource;
import io.metawal.connectors.databend.grpc.DatabendOptions;
import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.connectors.etcd.EtcdSelfCheck;
import io.metawal.connectors.etcd.EtcdSource;
import io.metawal.connectors.etcd.Interpretation;
import io.metawal.connectors.risingwave.RwUrl;
import io.metawal.connectors.risingwave.etcd.RwInterpretation;
import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.metadata.image.ImageView;
import io.metawal.metadata.port.Source;
import io.metawal.tools.daemon.Daemon;
import java.time.InstantSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service that is captured: as a source, and to be compared with. */
final class CapturedService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CapturedService.class);

    static final String DATABEND_DIRECTORY = "databend+dir:";
    private static final String DATABEND = "databend+grpc://";

    private final Source source;
    private final @Nullable EtcdSelfCheck check;

    private CapturedService(Source source, @Nullable EtcdSelfCheck check) {
        this.source = source;
        this.check = check;
    }

    private static CapturedService etcd(EtcdOptions options, Interpretation interpretation, InstantSource clock) {
        return new CapturedService(
                new EtcdSource(options, interpretation, clock), new EtcdSelfCheck(options, interpretation));
    }

    /** A service that is not compared while it runs. */
    static CapturedService of(Source source) {
        return new CapturedService(source, null);
    }

    /** @param narrowed what else is asked of a plain etcd */
    static CapturedService open(String url, Function<EtcdOptions, EtcdOptions> narrowed, InstantSource clock) {
        if (url.startsWith(DATABEND)) {
            return new CapturedService(new DatabendGrpcSource(DatabendOptions.parse(url), clock), null);
        }
        if (url.startsWith(DATABEND_DIRECTORY)) {
            String files = url.substring(DATABEND_DIRECTORY.length());
            return new CapturedService(
                    new DatabendDirectorySource(files, ImportOptions.DEFAULT, DatabendDirectorySource.Pace.DEFAULT),
                    null);
        }
        if (RwUrl.names(url)) {
            RwUrl store = RwUrl.parse(url);
            HummockObjects hummock = new HummockObjects(store.hummock(), System.getenv(), clock);
            return etcd(store.etcd(), new RwInterpretation(hummock, clock), clock);
        }
        return etcd(narrowed.apply(EtcdOptions.parse(url)), Interpretation.PLAIN, clock);
    }

    Source source() {
        return source;
    }

    Daemon.SelfCheck check() {
        return this::differences;
    }

    /** An import of Databend's is held against each export as it comes. */
    private long differences(ImageView image) throws InterruptedException {
        EtcdSelfCheck of = check;
        if (of == null) {
            return -1;
        }
        EtcdSelfCheck.Report report = of.compare(image);
        report.examples().forEach(example -> LOG.error("image and source differ: {}", example));
        return report.compacted() ? -1 : report.differences();
    }

    @Override
    public void close() {
        if (check != null) {
            check.close();
        }
        source.close();
    }
}
