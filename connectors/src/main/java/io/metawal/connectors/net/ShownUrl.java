package io.metawal.connectors.net;

/** URLs for messages. */
public final class ShownUrl {
    private ShownUrl() {}

    /**
     * Without its password. Where a password's characters are not written as they must be, nobody knows where it ends: it is taken to go
     * on to the last @.
     */
    public static String withoutPassword(String url) {
        int login = url.indexOf("://") + 3;
        int at = url.lastIndexOf('@');
        int colon = url.indexOf(':', login);
        return login < 3 || colon < 0 || colon > at ? url : url.substring(0, colon) + ":***" + url.substring(at);
    }

    /** Without user and password. */
    public static String withoutLogin(String url) {
        int login = url.indexOf("://") + 3;
        int at = url.lastIndexOf('@');
        return login < 3 || at < login ? url : url.substring(0, login) + url.substring(at + 1);
    }
}
