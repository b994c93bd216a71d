package org.ptuning4j.server.tls;

import javax.net.ssl.KeyManager;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.ptuning4j.InvalidInputException;

/** The certificate that a listener shows, which may be replaced while it is open. */
public final class ServerCertificate {

  private final TlsFiles files;
  private final CertificateKeys keys = new CertificateKeys();
  private final SslContextFactory.Server context = new SslContextFactory.Server();

  /**
   * The certificate of the files.
   *
   * @throws InvalidInputException if they cannot be used
   */
  public ServerCertificate(TlsFiles files) {
    this.files = files;
    context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    context.setSniRequired(false);
    load(context);
    keys.take(files);
  }

  private void load(SslContextFactory target) {
    target.setKeyStore(files.read());
    target.setKeyManagerPassword(new String(files.password()));
  }

  /** What makes the listener's connections. */
  public SslContextFactory.Server context() {
    return context;
  }

  /** Certificate and key for other listeners, as they are at each new connection. */
  public KeyManager keyManager() {
    return keys;
  }

  /** Where it comes from. */
  public TlsFiles files() {
    return files;
  }

  /**
   * Takes the certificate anew; connections that are open keep theirs.
   *
   * @throws InvalidInputException if the files cannot be used; the certificate stays as it is
   */
  public void reload() {
    files.read(); // What is wrong with it is found before anything is changed.
    try {
      context.reload(this::load);
      keys.take(files);
    } catch (Exception e) {
      throw new InvalidInputException("tls: the new certificate cannot be used", e);
    }
  }
}
