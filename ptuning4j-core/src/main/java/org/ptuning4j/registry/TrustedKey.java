package org.ptuning4j.registry;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import org.apache.commons.codec.digest.DigestUtils;
import org.ptuning4j.InvalidInputException;

/** The public half of an Ed25519 key pair, as a PEM file: what it signed is trusted. */
public final class TrustedKey {

  private static final int ID_LENGTH = 16;

  private final PublicKey key;

  TrustedKey(PublicKey key) {
    this.key = key;
  }

  /**
   * Reads a public key.
   *
   * @throws InvalidInputException if the file holds none
   */
  public static TrustedKey read(Path file) {
    try {
      return new TrustedKey(
          SigningKey.publicKey(new X509EncodedKeySpec(Pem.read("PUBLIC KEY", file))));
    } catch (GeneralSecurityException e) {
      throw new InvalidInputException("key: " + file + " holds no public Ed25519 key", e);
    }
  }

  /** The beginning of the SHA-256 of the key. */
  public String id() {
    return DigestUtils.sha256Hex(key.getEncoded()).substring(0, ID_LENGTH);
  }

  /** Whether a signature over this content is this key's. */
  boolean signed(byte[] content, Signature signature) {
    if (!signature.algorithm().equals(SigningKey.ALGORITHM) || !signature.key().equals(id())) {
      return false;
    }
    try {
      java.security.Signature checking = java.security.Signature.getInstance(SigningKey.ALGORITHM);
      checking.initVerify(key);
      checking.update(content);
      return checking.verify(Base64.getDecoder().decode(signature.signature()));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false; // no signature at all
    }
  }
}
