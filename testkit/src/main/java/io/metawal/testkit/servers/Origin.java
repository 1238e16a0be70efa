package io.metawal.testkit.servers;

/** A kind of place that a server comes from. */
public enum Origin {
    /** A running server, or a directory of programs, that an environment variable names. */
    ENVIRONMENT("environment"),
    /** A program on the PATH. Debian's packages put it there. */
    PATH("PATH"),
    /** A library on the class path of the tests, or an archive in one. */
    MAVEN_CENTRAL("Maven Central"),
    /** A program or library of a Python wheel, which a script of {@code bin} fetched into the cache. */
    PYPI_WHEEL("PyPI wheel"),
    /** A program that a script of {@code bin} built from Go modules into the cache. */
    GO_MODULE("Go module"),
    /** An image, where a Docker engine runs. */
    TESTCONTAINERS("Docker image");

    private final String label;

    Origin(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }
}
