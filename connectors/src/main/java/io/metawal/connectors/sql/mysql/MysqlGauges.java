package io.metawal.connectors.sql.mysql;

import io.metawal.connectors.sql.binlog.BinlogPlace;
import io.metawal.connectors.sql.mysql.MysqlServer.LogFile;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** How far a capture is behind its source's binary log, and how far from what the source will throw away next. For any thread. */
final class MysqlGauges {
    private final AtomicLong behindBytes = new AtomicLong();
    private final AtomicLong filesBefore = new AtomicLong();
    private final AtomicLong oldest = new AtomicLong();

    void update(List<LogFile> files, BinlogPlace at) {
        long behind = 0;
        long before = 0;
        boolean found = false;
        for (LogFile file : files) {
            if (file.name().equals(at.file())) {
                found = true;
                behind += file.bytes() - at.offset();
            } else if (found) {
                behind += file.bytes();
            } else {
                before++;
            }
        }
        behindBytes.set(Math.max(0, behind));
        filesBefore.set(before);
        oldest.set(files.size() > 1 && files.get(0).name().equals(at.file()) ? 1 : 0);
    }

    /** Whether the position is in the oldest file, which is purged next, while there are younger ones. */
    boolean inOldest() {
        return oldest.get() == 1;
    }

    /** By name. */
    Map<String, Double> values() {
        Map<String, Double> values = new TreeMap<>();
        values.put("binlog_behind_bytes", (double) behindBytes.get());
        values.put("binlog_files_before_position", (double) filesBefore.get());
        values.put("binlog_position_in_oldest_file", (double) oldest.get());
        return values;
    }
}
