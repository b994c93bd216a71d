package org.ptuning4j.hub.huggingface;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ptuning4j.InvalidInputException;

/** Whatever bytes arrive as a list of files or an index: an answer or a refusal, never a crash. */
class HubCorruptionTest {

  private static final int ROUNDS = 3000;

  @TempDir Path folder;

  private static byte[] corrupted(byte[] bytes, Random random) {
    byte[] copy = random.nextInt(4) == 0 ? cut(bytes, random) : bytes.clone();
    for (int i = random.nextInt(4); i >= 0 && copy.length > 0; i--) {
      copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
    }
    return copy;
  }

  private static byte[] cut(byte[] bytes, Random random) {
    return java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
  }

  @Test
  void listings() {
    byte[] whole =
        ("{\"sha\": \""
                + TestHub.COMMIT
                + "\", \"siblings\": [{\"rfilename\": \"config.json\"}, {\"rfilename\": \"a/b\"}]}")
            .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(1);
    int read = 0;
    for (int i = 0; i < ROUNDS; i++) {
      try {
        HubListing listing = HubListing.parse(corrupted(whole, random), URI.create("http://h/"));
        assertThat(listing.files()).allMatch(NeededFiles::isInside);
        assertThat(listing.commit()).matches("[0-9a-f]{40}");
        read++;
      } catch (InvalidInputException e) {
        assertThat(e).hasMessageContaining("http://h/");
      }
    }
    assertThat(read).isBetween(1, ROUNDS - 1);
  }

  @Test
  void indexes() throws IOException {
    byte[] whole =
        "{\"metadata\": {}, \"weight_map\": {\"a\": \"m-1.safetensors\", \"b\": \"m-2.safetensors\"}}"
            .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(2);
    int read = 0;
    Path file = folder.resolve("model.safetensors.index.json");
    for (int i = 0; i < ROUNDS; i++) {
      Files.write(file, corrupted(whole, random));
      try {
        assertThat(NeededFiles.shards(file)).isNotEmpty().allMatch(NeededFiles::isInside);
        read++;
      } catch (InvalidInputException e) {
        assertThat(e).hasMessageContaining("index.json");
      }
    }
    assertThat(read).isBetween(1, ROUNDS - 1);
  }
}
