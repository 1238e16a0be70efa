package io.metawal.storage.spool;

import java.io.IOException;
import java.io.InputStream;

/** A spool file's bytes, each block checked before any byte of it is given out. For one thread. */
final class SpoolReader extends InputStream {
    private final SpoolFile spool;
    private final InputStream in;
    private final String name;
    private final byte[] block = new byte[SpoolFile.BLOCK_BYTES];
    private int next;
    private int length;
    private int at;

    SpoolReader(SpoolFile spool, InputStream in, long offset) throws IOException {
        this(spool, in, offset, spool.path().toString());
    }

    SpoolReader(SpoolFile spool, InputStream in, long offset, String name) throws IOException {
        this.spool = spool;
        this.in = in;
        this.name = name;
        long whole = offset / SpoolFile.BLOCK_BYTES;
        this.next = (int) whole;
        try {
            in.skipNBytes(whole * SpoolFile.BLOCK_BYTES);
        } catch (java.io.EOFException e) {
            throw spool.changed(name, "it ends before byte " + offset + ", expected " + spool.size() + " bytes");
        }
        if (next < spool.blocks() && load()) {
            at = (int) (offset % SpoolFile.BLOCK_BYTES);
        }
    }

    private boolean load() throws IOException {
        if (next == spool.blocks()) {
            if (length >= 0 && in.read() >= 0) {
                throw spool.changed(name, "it has bytes after byte " + (spool.size() - 1));
            }
            length = -1;
            at = 0;
            return false;
        }
        length = in.readNBytes(block, 0, spool.lengthOf(next));
        spool.checkBlock(next, block, length, name);
        next++;
        at = 0;
        return true;
    }

    private boolean ready() throws IOException {
        return at < length || length >= 0 && load();
    }

    @Override
    public int read() throws IOException {
        return ready() ? block[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int wanted) throws IOException {
        if (wanted == 0) {
            return 0;
        }
        if (!ready()) {
            return -1;
        }
        int some = Math.min(wanted, length - at);
        System.arraycopy(block, at, into, offset, some);
        at += some;
        return some;
    }

    @Override
    public int available() {
        return Math.max(0, length - at);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
