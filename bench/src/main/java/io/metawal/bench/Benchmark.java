package io.metawal.bench;

/** One comparison: makes its own data, measures its contenders in turn, and reports each. */
interface Benchmark {
    /** What it is called on the command line. */
    String name();

    /** What is measured against what, for the reader of the table. */
    String says();

    void run(Setting setting, Report report) throws Exception;
}
