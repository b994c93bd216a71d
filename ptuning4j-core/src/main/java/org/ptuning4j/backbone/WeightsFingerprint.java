package org.ptuning4j.backbone;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.ptuning4j.tensor.file.TensorInfo;

/**
 * SHA-256 over a backbone's weights as they are on disk: names without prefix, types, shapes and
 * bytes, in alphabetical order. Moving the tensors to other files, or adding another task's head,
 * leaves it as it is; changing one bit of the backbone does not.
 */
final class WeightsFingerprint {

  private static final int CHUNK = 1 << 20;

  private WeightsFingerprint() {}

  static String of(CheckpointWeights weights, List<String> names) {
    MessageDigest digest = DigestUtils.getSha256Digest();
    for (String name : names) {
      TensorInfo info = weights.info(name);
      digest.update(
          (name + " " + info.dtype() + " " + info.shape() + "\n").getBytes(StandardCharsets.UTF_8));
      weights.blocks(name, (first, rows) -> update(digest, rows));
    }
    return Hex.encodeHexString(digest.digest());
  }

  private static void update(MessageDigest digest, Tensor tensor) {
    long bytes = tensor.numel() * tensor.element_size();
    BytePointer pointer = new BytePointer(tensor.data_ptr()).capacity(bytes);
    for (long at = 0; at < bytes; at += CHUNK) {
      ByteBuffer chunk = pointer.position(at).limit(Math.min(bytes, at + CHUNK)).asBuffer();
      digest.update(chunk);
    }
  }
}
