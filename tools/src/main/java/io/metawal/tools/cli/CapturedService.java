package io.metawal.tools.cli;

import io.metawal.connectors.databend.DatabendDirectorySource;
import io.metawal.connectors.databend.ImportOptions;
import io.metawal.connectors.databend.grpc.DatabendGrpcSource;
import io.metawal.connectors.databend.grpc.DatabendOptions;
import io.metawal.connectors.etcd.EtcdOptions;
import io.metawal.connectors.etcd.EtcdSource;
import io.metawal.connectors.etcd.Interpretation;
import io.metawal.connectors.risingwave.RwUrl;
import io.metawal.connectors.risingwave.etcd.RwInterpretation;
import io.metawal.connectors.risingwave.files.HummockObjects;
import io.metawal.metadata.port.Source;
import java.time.InstantSource;
import java.util.function.Function;

/** The service that is captured. */
final class CapturedService implements AutoCloseable {
    static final String DATABEND_DIRECTORY = "databend+dir:";
    private static final String DATABEND = "databend+grpc://";

    private final Source source;

    private CapturedService(Source source) {
        this.source = source;
    }

    static CapturedService of(Source source) {
        return new CapturedService(source);
    }

    /** @param narrowed what else is asked of a plain etcd */
    static CapturedService open(String url, Function<EtcdOptions, EtcdOptions> narrowed, InstantSource clock) {
        if (url.startsWith(DATABEND)) {
            return of(new DatabendGrpcSource(DatabendOptions.parse(url), clock));
        }
        if (url.startsWith(DATABEND_DIRECTORY)) {
            String files = url.substring(DATABEND_DIRECTORY.length());
            return of(new DatabendDirectorySource(files, ImportOptions.DEFAULT, DatabendDirectorySource.Pace.DEFAULT));
        }
        if (RwUrl.names(url)) {
            RwUrl store = RwUrl.parse(url);
            HummockObjects hummock = new HummockObjects(store.hummock(), System.getenv(), clock);
            return of(new EtcdSource(store.etcd(), new RwInterpretation(hummock, clock), clock));
        }
        return of(new EtcdSource(narrowed.apply(EtcdOptions.parse(url)), Interpretation.PLAIN, clock));
    }

    Source source() {
        return source;
    }

    @Override
    public void close() {
        source.close();
    }
}
