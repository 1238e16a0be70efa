package io.metawal.connectors.etcd;

import io.metawal.connectors.etcd.rpc.EtcdClient;
import io.metawal.connectors.net.Backoff;
import java.time.InstantSource;

/** A source that asks as often as any, with hardly a wait in between, for servers that will not answer. */
final class ShortPatience {
    private static final long FIRST_MILLIS = 2;

    private ShortPatience() {}

    static EtcdSource source(EtcdOptions options) {
        return new EtcdSource(
                options,
                Interpretation.PLAIN,
                InstantSource.system(),
                new EtcdClient(options.address(), new Backoff(FIRST_MILLIS)));
    }
}
