package org.ptuning4j.text;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;
import java.util.Deque;

/**
 * Checks the character map of a SentencePiece normaliser ({@code precompiled_charsmap}): the size
 * of a double-array trie, its units of four bytes, and the replacement texts that its leaves point
 * into. The native library trusts all of it and ends the process where it points outside.
 */
final class CharacterMap {

  private final int[] units;
  private final byte[] texts;

  private CharacterMap(int[] units, byte[] texts) {
    this.units = units;
    this.texts = texts;
  }

  /** Whether the native library can use the map for any text. */
  static boolean isSound(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return false;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < Integer.BYTES) {
      return false;
    }
    int size = buffer.getInt();
    if (size < Integer.BYTES || size % Integer.BYTES != 0 || size > buffer.remaining()) {
      return false;
    }
    int[] units = new int[size / Integer.BYTES];
    buffer.asIntBuffer().get(units);
    buffer.position(Integer.BYTES + size);
    byte[] texts = new byte[buffer.remaining()];
    buffer.get(texts);
    return isUtf8(texts) && new CharacterMap(units, texts).staysInside();
  }

  private static boolean isUtf8(byte[] texts) {
    try {
      CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(texts));
      return decoded.length() <= texts.length;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** Walks every path that a text can take. */
  private boolean staysInside() {
    Deque<Integer> bases = new ArrayDeque<>();
    BitSet seen = new BitSet(units.length);
    bases.push(offset(units[0]));
    while (!bases.isEmpty()) {
      int base = bases.pop();
      for (int label = 1; label <= 0xFF; label++) {
        int node = base ^ label;
        if (node < 0 || node >= units.length) {
          return false;
        }
        if (label(units[node]) != label || seen.get(node)) {
          continue;
        }
        seen.set(node);
        int next = node ^ offset(units[node]);
        if (hasLeaf(units[node]) && !isSoundLeaf(next)) {
          return false;
        }
        bases.push(next);
      }
    }
    return true;
  }

  private boolean isSoundLeaf(int node) {
    if (node < 0 || node >= units.length) {
      return false;
    }
    int text = units[node] & Integer.MAX_VALUE;
    boolean continuesCharacter = text < texts.length && (texts[text] & 0xC0) == 0x80;
    return text <= texts.length && !continuesCharacter;
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  }

  private static int label(int unit) {
    return unit & (Integer.MIN_VALUE | 0xFF);
  }

  private static boolean hasLeaf(int unit) {
    return (unit & (1 << 8)) != 0;
  }
}
