package org.ptuning4j.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * Two files of PEM.
 *
 * @param certificate the server's certificate, then those up to its root
 * @param key the private key in PKCS#8, not encrypted
 */
record PemFiles(Path certificate, Path key) implements TlsFiles {

  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  @Override
  public List<Path> files() {
    return List.of(certificate, key);
  }

  @Override
  public char[] password() {
    return new char[0];
  }

  @Override
  public KeyStore read() {
    try {
      Certificate[] chain = chain();
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("server", privateKey(chain[0]), password(), chain);
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new InvalidInputException("tls: the certificate cannot be used", e);
    }
  }

  private Certificate[] chain() throws GeneralSecurityException {
    try {
      Certificate[] chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes(certificate)))
              .toArray(new Certificate[0]);
      if (chain.length > 0) {
        return chain;
      }
    } catch (CertificateException e) {
      throw new InvalidInputException("tls: " + certificate + " holds no certificate in PEM", e);
    }
    throw InvalidInputException.of("tls: %s holds no certificate in PEM", certificate);
  }

  private PrivateKey privateKey(Certificate of) {
    Matcher found = PRIVATE_KEY.matcher(new String(bytes(key), StandardCharsets.ISO_8859_1));
    if (!found.find()) {
      throw InvalidInputException.of(
          "tls: %s holds no private key that begins with -----BEGIN PRIVATE KEY----- (PKCS#8, not"
              + " encrypted)",
          key);
    }
    byte[] encoded = Base64.getMimeDecoder().decode(found.group(1));
    try {
      return KeyFactory.getInstance(of.getPublicKey().getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      throw new InvalidInputException("tls: " + key + " is not the key of the certificate", e);
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InvalidInputException(
          "tls: " + file + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }
}
