package io.metawal.storage.object;

import io.metawal.metadata.fault.ExitCode;
import io.metawal.metadata.fault.MetawalException;
import io.metawal.metadata.fault.UnreachableException;
import io.metawal.metadata.fault.UsageException;
import io.metawal.storage.s3.S3ObjectStore;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Opens the store that a URL names: {@code file:/path}, {@code file:///path}, or a bare path, taken as it is written; or
 * {@code s3://bucket/prefix}.
 */
public final class ObjectStoreOpener {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)");

    private ObjectStoreOpener() {}

    /** As below, for what needs nothing of the environment. */
    public static ObjectStore open(String url, IfAbsent ifAbsent, InstantSource clock) {
        return open(url, ifAbsent, clock, Map.of());
    }

    /** @param environment the variables of the process, which say how to reach a service. A bucket is never made. */
    public static ObjectStore open(
            String url, IfAbsent ifAbsent, InstantSource clock, Map<String, String> environment) {
        if (url.startsWith("s3:")) {
            return S3ObjectStore.open(url, environment);
        }
        Path root = directory(url);
        if (!Files.isDirectory(root)) {
            if (ifAbsent == IfAbsent.REFUSE || !Files.notExists(root)) {
                throw absent(root);
            }
            create(root);
        }
        return new FileObjectStore(root, clock);
    }

    private static MetawalException absent(Path root) {
        String found = " is not there";
        try {
            Files.readAttributes(root, BasicFileAttributes.class);
            found = " is no directory";
        } catch (AccessDeniedException e) {
            return new MetawalException(
                    ExitCode.ACCESS_DENIED,
                    "file:" + root + " cannot be looked at: grant this user access to the directories above it",
                    e);
        } catch (IOException notThere) {
            // As it is told.
        }
        return new UnreachableException(
                "file:" + root + found + ": mount it, correct the path, or create a repository there with init");
    }

    private static Path directory(String url) {
        Matcher m = SCHEME.matcher(url);
        String path = url;
        if (m.matches()) {
            if (!m.group(1).equals("file")) {
                throw new UsageException("\"" + url + "\" names a store of the unknown scheme " + m.group(1)
                        + ": expected file:/path, a path, or s3://bucket/prefix");
            }
            path = m.group(2);
        }
        if (path.startsWith("//") && !path.startsWith("///")) {
            throw new UsageException("\"" + url + "\" names a host: mount its directory, and give file:/path");
        }
        if (path.isBlank()) {
            throw new UsageException("\"" + url + "\" names no directory: expected file:/path, or a path");
        }
        try {
            return Path.of(path).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new UsageException("\"" + url + "\" is not a path: " + e.getReason(), e);
        }
    }

    private static void create(Path root) {
        Path there = root;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        try {
            Files.createDirectories(root);
            forceDownTo(there, root);
        } catch (IOException e) {
            Path parent = root.getParent();
            throw new FileFaults(there == null ? root : there).unchanged("create " + root + " in " + parent, e);
        }
    }

    private static void forceDownTo(@Nullable Path there, Path root) throws IOException {
        for (Path at = root.getParent(); at != null && there != null && at.startsWith(there); at = at.getParent()) {
            DirectoryCalls.REAL.force(at);
        }
    }
}
