package io.metawal.connectors.risingwave.files;

import java.util.HashMap;
import java.util.Map;

/**
 * The variables by which a RisingWave's own store is reached, beside those of the repository, which may be in another place.
 *
 * <pre>
 * METAWAL_HUMMOCK_S3_X              in the place of METAWAL_S3_X: ENDPOINT, REGION, PATH_STYLE, PROFILE, CHECKSUMS …
 * METAWAL_HUMMOCK_ACCESS_KEY_ID     in the place of AWS_ACCESS_KEY_ID; also SECRET_ACCESS_KEY, SESSION_TOKEN
 * </pre>
 *
 * <p>They go before what a URL says, that goes before RisingWave's own variables and the defaults of a scheme, and those before the
 * repository's. Keys never go to another endpoint than they were given for: a store with an endpoint of its own takes no setting
 * {@code METAWAL_S3_*}, and one with keys or a profile of its own no {@code AWS_*} either.
 */
final class HummockEnvironment {
    private static final String OWN = "METAWAL_HUMMOCK_";
    private static final String OWN_S3 = OWN + "S3_";
    private static final String S3 = "METAWAL_S3_";
    static final String ENDPOINT = S3 + "ENDPOINT";
    static final String REGION = S3 + "REGION";
    static final String PATH_STYLE = S3 + "PATH_STYLE";
    static final String ACCESS_KEY = "AWS_ACCESS_KEY_ID";
    static final String SECRET_KEY = "AWS_SECRET_ACCESS_KEY";
    private static final String SESSION_TOKEN = "AWS_SESSION_TOKEN";
    private static final String PROFILE = S3 + "PROFILE";

    private HummockEnvironment() {}

    /**
     * @param process variables of the process
     * @param place what the store's URL or scheme says
     */
    static Map<String, String> of(Map<String, String> process, Map<String, String> place) {
        Map<String, String> own = new HashMap<>(place);
        own.putAll(asked(process));
        if (own.isEmpty()) {
            return process;
        }
        Map<String, String> all = new HashMap<>(process);
        boolean keys = own.containsKey(ACCESS_KEY) || own.containsKey(PROFILE);
        if (keys || own.containsKey(ENDPOINT)) {
            all.keySet().removeIf(name -> name.startsWith(S3));
        }
        if (keys) {
            all.remove(ACCESS_KEY);
            all.remove(SECRET_KEY);
            all.remove(SESSION_TOKEN);
        }
        all.putAll(own);
        return all;
    }

    private static Map<String, String> asked(Map<String, String> process) {
        Map<String, String> asked = new HashMap<>();
        process.forEach((name, value) -> {
            if (value.isBlank()) {
                return;
            }
            if (name.startsWith(OWN_S3)) {
                asked.put(S3 + name.substring(OWN_S3.length()), value);
            } else if (name.startsWith(OWN)) {
                asked.put("AWS_" + name.substring(OWN.length()), value);
            }
        });
        return asked;
    }
}
