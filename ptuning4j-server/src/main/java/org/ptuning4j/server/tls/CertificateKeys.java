package org.ptuning4j.server.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.ptuning4j.InvalidInputException;

/** A certificate and its key as they are at present, for each new connection. */
final class CertificateKeys extends X509ExtendedKeyManager {

  private final AtomicReference<X509ExtendedKeyManager> current = new AtomicReference<>();

  /** Takes others from now on. */
  void take(TlsFiles files) {
    try {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(files.read(), files.password());
      for (KeyManager each : factory.getKeyManagers()) {
        if (each instanceof X509ExtendedKeyManager keys) {
          current.set(keys);
        }
      }
    } catch (GeneralSecurityException e) {
      throw new InvalidInputException("tls: the certificate cannot be used", e);
    }
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return current.get().chooseEngineServerAlias(type, issuers, engine);
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return current.get().chooseServerAlias(type, issuers, socket);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return current.get().getCertificateChain(alias);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return current.get().getPrivateKey(alias);
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return current.get().getServerAliases(type, issuers);
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return null; // it is no client's
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return null;
  }
}
