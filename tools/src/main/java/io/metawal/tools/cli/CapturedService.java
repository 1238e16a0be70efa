package io.metawal.tools.cli;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service that is captured: as a source, and to be compared with. */
final class CapturedService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CapturedService.class);

    private final Source source;
    private final EtcdSelfCheck check;

    private CapturedService(EtcdOptions options, Interpretation interpretation, InstantSource clock) {
        this.source = new EtcdSource(options, interpretation, clock);
        this.check = new EtcdSelfCheck(options, interpretation);
    }

    /** @param narrowed what else is asked of a plain etcd */
    static CapturedService open(String url, Function<EtcdOptions, EtcdOptions> narrowed, InstantSource clock) {
        if (RwUrl.names(url)) {
            RwUrl store = RwUrl.parse(url);
            HummockObjects hummock = new HummockObjects(store.hummock(), System.getenv(), clock);
            return new CapturedService(store.etcd(), new RwInterpretation(hummock, clock), clock);
        }
        return new CapturedService(narrowed.apply(EtcdOptions.parse(url)), Interpretation.PLAIN, clock);
    }

    Source source() {
        return source;
    }

    Daemon.SelfCheck check() {
        return this::differences;
    }

    private long differences(ImageView image) throws InterruptedException {
        EtcdSelfCheck.Report report = check.compare(image);
        report.examples().forEach(example -> LOG.error("image and source differ: {}", example));
        return report.compacted() ? -1 : report.differences();
    }

    @Override
    public void close() {
        check.close();
        source.close();
    }
}
