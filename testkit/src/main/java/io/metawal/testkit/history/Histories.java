package io.metawal.testkit.history;

import io.metawal.metadata.commit.Commit;
import io.metawal.metadata.commit.CommitDraft;
import io.metawal.metadata.commit.CommitRecord;
import io.metawal.metadata.commit.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Finite random histories, in each of the forms that a test may want. */
public final class Histories {
    private Histories() {}

    public static List<CommitDraft> drafts(RandomGenerator random, int count) {
        Drafts source = new Drafts(random);
        List<CommitDraft> drafts = new ArrayList<>();
        while (drafts.size() < count) {
            drafts.add(source.next());
        }
        return drafts;
    }

    /** From the beginning of timeline 1. */
    public static List<CommitRecord> records(RandomGenerator random, int count) {
        return records(Position.START, drafts(random, count));
    }

    /** These drafts, sequenced and chained behind {@code at}. */
    public static List<CommitRecord> records(Position at, List<CommitDraft> drafts) {
        List<CommitRecord> records = new ArrayList<>();
        Position last = at;
        for (CommitDraft draft : drafts) {
            CommitRecord record = record(last, draft);
            records.add(record);
            last = Position.of(record);
        }
        return records;
    }

    public static CommitRecord record(Position at, CommitDraft draft) {
        return CommitRecord.write(at.next(draft, at.timeMicros()), draft.kind(), draft.body());
    }

    public static List<Commit> commits(RandomGenerator random, int count) {
        return records(random, count).stream().map(CommitRecord::commit).toList();
    }
}
