package io.metawal.connectors.sql.jdbc;

import io.metawal.storage.temp.NativeFolder;
import org.sqlite.SQLiteJDBCLoader;

/** The native library of SQLite, loaded before the first connection. */
public final class SqliteLibrary {
    private static final String FOLDER = "org.sqlite.tmpdir";

    private static boolean loaded;

    private SqliteLibrary() {}

    /** Loads it once; a failure is typed and names the directory of temporary files. */
    public static synchronized void require() {
        if (loaded) {
            return;
        }
        NativeFolder.load("SQLite", folder -> {
            if (System.getProperty(FOLDER) == null) {
                System.setProperty(FOLDER, folder.toString());
            }
            SQLiteJDBCLoader.initialize();
        });
        loaded = true;
    }
}
