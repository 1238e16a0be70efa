package io.metawal.connectors.etcd;

import com.google.protobuf.ByteString;
import io.metawal.connectors.etcd.rpc.EtcdAddress;
import io.metawal.connectors.net.ShownUrl;
import io.metawal.connectors.net.Tls;
import io.metawal.metadata.fault.UsageException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the URL of an etcd; {@code %XX} stands for any byte, in the prefix too. */
final class EtcdUrl {
    private static final String SCHEME = "etcd://";
    private static final String FORM =
            "expected etcd://[USER:PASSWORD@]HOST:PORT[,HOST:PORT…][?prefix=…&ca=FILE&cert=FILE&key=FILE]";
    private static final Pattern ENDPOINT = Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^\\[\\]:/@]+):\\d{1,5}");
    private static final Set<String> PARAMETERS = Set.of("prefix", "ca", "cert", "key");

    private EtcdUrl() {}

    static EtcdOptions parse(String url) {
        if (!url.startsWith(SCHEME)) {
            throw new UsageException("\"" + withoutPassword(url) + "\" is not the URL of an etcd: " + FORM);
        }
        int question = url.indexOf('?');
        String authority = url.substring(SCHEME.length(), question < 0 ? url.length() : question);
        Map<String, ByteString> parameters = parameters(question < 0 ? "" : url.substring(question + 1), url);
        int at = authority.lastIndexOf('@');
        String login = at < 0 ? "" : authority.substring(0, at);
        int colon = login.indexOf(':');
        if (at >= 0 && colon <= 0) {
            throw new UsageException("\"" + withoutPassword(url) + "\" names no user and password: " + FORM);
        }
        EtcdAddress address = new EtcdAddress(
                endpoints(authority.substring(at + 1), url),
                at < 0 ? null : decode(login.substring(0, colon)).toStringUtf8(),
                at < 0 ? null : decode(login.substring(colon + 1)).toStringUtf8(),
                tls(parameters));
        return EtcdOptions.of(address).withPrefix(parameters.getOrDefault("prefix", ByteString.EMPTY));
    }

    private static List<String> endpoints(String text, String url) {
        String bare = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        List<String> endpoints = Stream.of(bare.split(",", -1)).toList();
        for (String endpoint : endpoints) {
            if (!ENDPOINT.matcher(endpoint).matches()) {
                throw new UsageException(
                        "\"" + withoutPassword(url) + "\": \"" + endpoint + "\" is not HOST:PORT: " + FORM);
            }
        }
        return endpoints;
    }

    private static Map<String, ByteString> parameters(String query, String url) {
        Map<String, ByteString> parameters = new HashMap<>();
        for (String part : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (equals < 0 || !PARAMETERS.contains(name)) {
                throw new UsageException(
                        "\"" + withoutPassword(url) + "\": parameter \"" + name + "\" is not known: " + FORM);
            }
            parameters.put(name, decode(part.substring(equals + 1)));
        }
        return parameters;
    }

    private static @Nullable Tls tls(Map<String, ByteString> parameters) {
        Path authority = path(parameters, "ca");
        Path certificate = path(parameters, "cert");
        Path key = path(parameters, "key");
        return authority == null && certificate == null && key == null ? null : new Tls(authority, certificate, key);
    }

    private static @Nullable Path path(Map<String, ByteString> parameters, String name) {
        ByteString value = parameters.get(name);
        return value == null ? null : Path.of(value.toStringUtf8());
    }

    private static ByteString decode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '%') {
                out.write(bytes[i]);
                continue;
            }
            int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new UsageException("\"" + text + "\": a % needs two hex digits behind it; %25 is a % itself");
            }
            out.write(high << 4 | low);
            i += 2;
        }
        return ByteString.copyFrom(out.toByteArray());
    }

    private static String withoutPassword(String url) {
        return ShownUrl.withoutPassword(url);
    }
}
