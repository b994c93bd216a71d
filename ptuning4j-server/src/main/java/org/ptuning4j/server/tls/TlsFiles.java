package org.ptuning4j.server.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ptuning4j.FailureReason;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;

/** The files with a server's certificate and private key. */
public interface TlsFiles {

  /** The files to watch for changes. */
  List<Path> files();

  /**
   * Certificate and key, as they are in the files now.
   *
   * @throws InvalidInputException if they cannot be read; the message holds nothing secret
   */
  KeyStore read();

  /** The password of the key in {@link #read}'s result. */
  char[] password();

  /**
   * Settings {@code certificate} and {@code key}, or {@code keystore} and {@code
   * password-environment}.
   *
   * @param folder that relative paths are in
   */
  static TlsFiles read(Fields fields, Path folder, Map<String, String> environment) {
    fields.requireOnly(List.of("certificate", "key", "keystore", "password-environment"));
    if (fields.has("keystore") == fields.has("certificate")) {
      throw InvalidInputException.of(
          "'%s': either certificate and key (PEM), or keystore (PKCS12) is expected",
          fields.path());
    }
    if (fields.has("certificate")) {
      return new PemFiles(
          folder.resolve(fields.string("certificate")), folder.resolve(fields.string("key")));
    }
    String variable = fields.string("password-environment");
    String password =
        Optional.ofNullable(environment.get(variable))
            .orElseThrow(
                () ->
                    InvalidInputException.of(
                        "'%s': there is no variable %s in the environment",
                        fields.path("password-environment"), variable));
    return new Pkcs12File(folder.resolve(fields.string("keystore")), password);
  }

  /**
   * A key store of the kind PKCS12.
   *
   * @param file where it is
   * @param secret its password
   */
  record Pkcs12File(Path file, String secret) implements TlsFiles {

    @Override
    public List<Path> files() {
      return List.of(file);
    }

    @Override
    public KeyStore read() {
      try (InputStream in = Files.newInputStream(file)) {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(in, password());
        return store;
      } catch (IOException e) {
        throw new InvalidInputException(
            "tls: " + file + " cannot be read (" + FailureReason.of(e) + ")", e);
      } catch (GeneralSecurityException e) {
        throw new InvalidInputException("tls: " + file + " is no usable PKCS12 key store", e);
      }
    }

    @Override
    public char[] password() {
      return secret.toCharArray();
    }

    /** The password stays out of logs. */
    @Override
    public String toString() {
      return file.toString();
    }
  }
}
