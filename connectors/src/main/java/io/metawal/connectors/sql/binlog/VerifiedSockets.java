package io.metawal.connectors.sql.binlog;

import com.github.shyiko.mysql.binlog.network.SSLSocketFactory;
import io.metawal.metadata.fault.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Connections to a server whose certificate is trusted; the client's own verifier knows hosts by the name of their address alone. */
final class VerifiedSockets implements SSLSocketFactory {
    private final BinlogAddress address;
    private final SSLContext context;

    VerifiedSockets(BinlogAddress address) {
        this.address = address;
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            Path authority = address.authority();
            trust.init(authority == null ? (KeyStore) null : known(authority));
            context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
        } catch (GeneralSecurityException e) {
            throw new UsageException(address + ": no TLS can be had: " + e, e);
        }
    }

    private static @Nullable KeyStore known(Path authority) {
        try (InputStream in = Files.newInputStream(authority)) {
            KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
            known.load(null, null);
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                known.setCertificateEntry("authority " + known.size(), each);
            }
            return known;
        } catch (IOException | GeneralSecurityException e) {
            throw new UsageException(
                    "sslrootcert=" + authority + " cannot be used: expected certificates in PEM: " + e, e);
        }
    }

    @Override
    public SSLSocket createSocket(Socket plain) throws SocketException {
        try {
            SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, address.host(), plain.getPort(), true);
            if (address.tls() == BinlogAddress.Tls.VERIFIED) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            return socket;
        } catch (IOException e) {
            SocketException failed = new SocketException("TLS cannot begin: " + e);
            failed.initCause(e);
            throw failed;
        }
    }
}
