package io.metawal.storage.object;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list, out of a tree of folders, in the order of whole keys: '/' stands between '.' and '0', so a folder
 * takes its turn as its name with a slash. Only folders that may hold something wanted are read, and of a folder no more
 * names are kept than a page needs.
 */
final class FileListing {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
    private static final Pattern FOLDERS = Pattern.compile("(" + PART + "/)*");

    private final Path root;
    private final String prefix;
    private final String after;
    private final int limit;
    private final List<ObjectStat> found = new ArrayList<>();

    FileListing(Path root, String prefix, String after, int limit) {
        this.root = root;
        this.prefix = prefix;
        this.after = after;
        this.limit = limit;
    }

    List<ObjectStat> page() throws IOException {
        String start = prefix.substring(0, prefix.lastIndexOf('/') + 1);
        // A prefix comes from outside: one that no key can have must not lead out of the store either.
        if (FOLDERS.matcher(start).matches()) {
            walk(start);
        }
        return found;
    }

    private void walk(String folder) throws IOException {
        int candidatesMax = 2 * limit + 2;
        String last = "";
        while (found.size() < limit) {
            NavigableSet<String> candidates = smallest(folder, last, candidatesMax);
            for (String candidate : candidates) {
                if (found.size() < limit) {
                    visit(candidate);
                }
            }
            if (candidates.size() < candidatesMax) {
                return;
            }
            last = candidates.last();
        }
    }

    /** The first names behind {@code last}, each both as an object and as a folder: which it is, is asked in its turn. */
    private NavigableSet<String> smallest(String folder, String last, int max) throws IOException {
        NavigableSet<String> smallest = new TreeSet<>();
        try (DirectoryStream<Path> names = Files.newDirectoryStream(root.resolve(folder))) {
            for (Path path : names) {
                String name = String.valueOf(path.getFileName());
                if (PART.matcher(name).matches()) {
                    offer(smallest, folder + name, last, max);
                    offer(smallest, folder + name + "/", last, max);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NoSuchFileException | NotDirectoryException e) {
            if (!Files.isDirectory(root)) {
                throw e;
            }
        }
        return smallest;
    }

    private void offer(NavigableSet<String> smallest, String candidate, String last, int max) {
        if (candidate.compareTo(last) > 0 && wanted(candidate)) {
            smallest.add(candidate);
            if (smallest.size() > max) {
                smallest.pollLast();
            }
        }
    }

    private boolean wanted(String candidate) {
        if (candidate.endsWith("/")) {
            return (candidate.startsWith(prefix) || prefix.startsWith(candidate))
                    && (candidate.compareTo(after) > 0 || after.startsWith(candidate));
        }
        return candidate.startsWith(prefix) && candidate.compareTo(after) > 0;
    }

    private void visit(String candidate) throws IOException {
        if (candidate.endsWith("/")) {
            if (Files.isDirectory(root.resolve(candidate))) {
                walk(candidate);
            }
            return;
        }
        ObjectStat stat = stat(root, new ObjectKey(candidate));
        if (stat != null) {
            found.add(stat);
        }
    }

    /** Null where there is no such object, be it that the name is that of a folder. */
    static @Nullable ObjectStat stat(Path root, ObjectKey key) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(root.resolve(key.value()), BasicFileAttributes.class);
            return attributes.isRegularFile()
                    ? new ObjectStat(
                            key,
                            attributes.size(),
                            attributes.lastModifiedTime().toInstant())
                    : null;
        } catch (NoSuchFileException absent) {
            return null;
        }
    }
}
