package io.metawal.storage.format;

import com.github.luben.zstd.util.Native;
import io.metawal.storage.temp.NativeFolder;

/** The native library of zstd, loaded before anything depends on it. */
public final class ZstdLibrary {
    private ZstdLibrary() {}

    /** Loads it once; a failure is typed and names the directory of temporary files. */
    public static synchronized void require() {
        if (!Native.isLoaded()) {
            NativeFolder.load("zstd", folder -> Native.load(folder.toFile()));
        }
    }
}
