package io.metawal.connectors.risingwave.files;

import io.metawal.storage.object.IfAbsent;
import io.metawal.storage.object.ObjectStore;
import io.metawal.storage.object.ObjectStoreOpener;
import java.time.InstantSource;
import java.util.Map;

/** Opens stores of a RisingWave, by any URL that metawal or RisingWave has for them, with credentials of their own ({@link HummockUrl}). */
public final class RisingWaveStores {
    private RisingWaveStores() {}

    /** @param environment variables of the process */
    public static ObjectStore open(
            String url, IfAbsent ifAbsent, InstantSource clock, Map<String, String> environment) {
        return open(HummockUrl.named(url, environment), ifAbsent, clock, environment);
    }

    static ObjectStore open(
            HummockUrl.Place place, IfAbsent ifAbsent, InstantSource clock, Map<String, String> environment) {
        return ObjectStoreOpener.open(
                place.url(), ifAbsent, clock, HummockEnvironment.of(environment, place.environment()));
    }

    /** The URL without its credentials, as an object store is opened by. */
    public static String place(String url) {
        return HummockUrl.named(url, Map.of()).url();
    }
}
