package org.ptuning4j.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * The secret half of an Ed25519 key pair, as a PEM file (PKCS #8) beside which the public half has
 * the ending {@code .pub}.
 */
public final class SigningKey {

  static final String ALGORITHM = "Ed25519";

  private final PrivateKey secret;
  private final TrustedKey open;

  private SigningKey(PrivateKey secret, TrustedKey open) {
    this.secret = secret;
    this.open = open;
  }

  /**
   * Makes a new pair of keys.
   *
   * @param file where the secret key is written, for its owner alone; the public one goes to the
   *     same name with {@code .pub}
   * @return the public key
   * @throws InvalidInputException if one of the files is there already
   */
  public static TrustedKey generate(Path file) {
    Path open = openFile(file);
    try {
      KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      create(file, true, Pem.write("PRIVATE KEY", pair.getPrivate().getEncoded()));
      create(open, false, Pem.write("PUBLIC KEY", pair.getPublic().getEncoded()));
      return new TrustedKey(pair.getPublic());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has Ed25519
    }
  }

  private static Path openFile(Path file) {
    return file.resolveSibling(file.getFileName() + ".pub");
  }

  private static void create(Path file, boolean secret, String content) {
    try {
      boolean posix =
          file.toAbsolutePath().getFileSystem().supportedFileAttributeViews().contains("posix");
      if (secret && posix) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } else {
        Files.createFile(file);
      }
      Files.writeString(file, content, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new InvalidInputException(
          "key: " + file + " cannot be written (" + FailureReason.of(e) + ")", e);
    }
  }

  /**
   * Reads a secret key and the public one beside it.
   *
   * @throws InvalidInputException if one of them is none, or they do not belong together
   */
  public static SigningKey read(Path file) {
    try {
      PrivateKey secret =
          KeyFactory.getInstance(ALGORITHM)
              .generatePrivate(new PKCS8EncodedKeySpec(Pem.read("PRIVATE KEY", file)));
      SigningKey key = new SigningKey(secret, TrustedKey.read(openFile(file)));
      byte[] probe = {1};
      if (!key.open.signed(probe, key.sign(probe))) {
        throw InvalidInputException.of(
            "key: %s and %s do not belong together", file, openFile(file));
      }
      return key;
    } catch (GeneralSecurityException e) {
      throw new InvalidInputException("key: " + file + " holds no secret Ed25519 key", e);
    }
  }

  /** The public key. */
  public TrustedKey open() {
    return open;
  }

  Signature sign(byte[] content) {
    try {
      java.security.Signature signing = java.security.Signature.getInstance(ALGORITHM);
      signing.initSign(secret);
      signing.update(content);
      return new Signature(
          ALGORITHM, open.id(), Base64.getEncoder().encodeToString(signing.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The public key as it is. */
  static PublicKey publicKey(X509EncodedKeySpec spec) throws GeneralSecurityException {
    return KeyFactory.getInstance(ALGORITHM).generatePublic(spec);
  }
}
