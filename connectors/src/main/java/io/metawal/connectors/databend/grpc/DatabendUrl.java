package io.metawal.connectors.databend.grpc;

import io.metawal.connectors.databend.rpc.DatabendAddress;
import io.metawal.connectors.net.ShownUrl;
import io.metawal.connectors.net.Tls;
import io.metawal.metadata.fault.UsageException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the URL of a running meta service; {@code %XX} stands for any byte of a user, a password or a parameter. */
final class DatabendUrl {
    private static final String SCHEME = "databend+grpc://";
    private static final String FORM = "expected databend+grpc://[USER:PASSWORD@]HOST:PORT[,HOST:PORT…]"
            + "[?cluster=NAME&ca=FILE&cert=FILE&key=FILE&message-mib=N]";
    private static final Pattern ENDPOINT = Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\[\\]:/@]+):\\d{1,5}");
    private static final Set<String> PARAMETERS = Set.of("cluster", "ca", "cert", "key", "message-mib");
    private static final Pattern MEBIBYTES = Pattern.compile("[1-9]\\d{0,2}|1\\d{3}");

    private DatabendUrl() {}

    static DatabendOptions parse(String url) {
        if (!url.startsWith(SCHEME)) {
            throw fault(url, "is not the URL of a running Databend meta service");
        }
        int question = url.indexOf('?');
        String authority = url.substring(SCHEME.length(), question < 0 ? url.length() : question);
        Map<String, String> parameters = parameters(question < 0 ? "" : url.substring(question + 1), url);
        int at = authority.lastIndexOf('@');
        String login = at < 0 ? DatabendAddress.USER + ":" : authority.substring(0, at);
        int colon = login.indexOf(':');
        if (colon <= 0) {
            throw fault(url, "names no user and password");
        }
        String mebibytes = parameters.getOrDefault("message-mib", "32");
        if (!MEBIBYTES.matcher(mebibytes).matches()) {
            throw fault(url, "has message-mib=" + mebibytes + ": a number from 1 to 1999");
        }
        DatabendAddress address = new DatabendAddress(
                endpoints(authority.substring(at + 1), url),
                decode(login.substring(0, colon), url),
                decode(login.substring(colon + 1), url),
                tls(parameters),
                Integer.parseInt(mebibytes) << 20);
        return DatabendOptions.of(address).withName(parameters.getOrDefault("cluster", ""));
    }

    private static List<String> endpoints(String text, String url) {
        String bare = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        List<String> endpoints = List.of(bare.split(",", -1));
        for (String endpoint : endpoints) {
            if (!ENDPOINT.matcher(endpoint).matches()) {
                throw fault(url, "has \"" + endpoint + "\", which is not HOST:PORT");
            }
        }
        return endpoints;
    }

    private static Map<String, String> parameters(String query, String url) {
        Map<String, String> parameters = new HashMap<>();
        for (String part : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (equals < 0 || !PARAMETERS.contains(name)) {
                throw fault(url, "has the parameter \"" + name + "\", which is not known");
            }
            parameters.put(name, decode(part.substring(equals + 1), url));
        }
        return parameters;
    }

    private static @Nullable Tls tls(Map<String, String> parameters) {
        Path authority = path(parameters, "ca");
        Path certificate = path(parameters, "cert");
        Path key = path(parameters, "key");
        return authority == null && certificate == null && key == null ? null : new Tls(authority, certificate, key);
    }

    private static @Nullable Path path(Map<String, String> parameters, String name) {
        String value = parameters.get(name);
        return value == null ? null : Path.of(value);
    }

    private static String decode(String text, String url) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw fault(url, "has a % without two hex digits behind it (%25 is a % itself)");
        }
    }

    private static UsageException fault(String url, String what) {
        String shown = ShownUrl.withoutPassword(url);
        return new UsageException("\"" + shown + "\" " + what + ": " + FORM);
    }
}
