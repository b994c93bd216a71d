package org.ptuning4j.tensor.pickle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.tensor.Scope;
import org.ptuning4j.tensor.TensorValues;
import org.ptuning4j.tensor.file.Resources;

/**
 * Checkpoints of {@code torch.save}, damaged at random (the same damage in every run): each is read
 * or refused by name, and never takes more memory than a small multiple of its own size.
 */
class PickleMutationTest {

  private static final int DAMAGES = 250;

  /** What a tensor may repeat of its stored elements, as {@link PickleGlobals} has it. */
  private static final long LARGEST = 64L << 20;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"torch-zip.pt", "torch-legacy.pt", "torch-deflated.pt"})
  void damagedFilesAreReadOrRefused(String name) throws IOException {
    byte[] sound = Files.readAllBytes(Resources.path(name));
    SplittableRandom random = new SplittableRandom(17);
    int refused = 0;
    for (int i = 0; i < DAMAGES; i++) {
      refused += readOrRefuse(damaged(sound, random)) ? 0 : 1;
    }
    assertThat(refused).as("most damage is noticed").isGreaterThan(DAMAGES / 4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch-zip.pt", "torch-legacy.pt", "torch-deflated.pt"})
  void shortenedFilesAreRefused(String name) throws IOException {
    byte[] sound = Files.readAllBytes(Resources.path(name));
    SplittableRandom random = new SplittableRandom(18);
    for (int i = 0; i < DAMAGES / 5; i++) {
      int length = random.nextInt(sound.length);
      assertThat(readOrRefuse(Arrays.copyOf(sound, length))).as("%d bytes", length).isFalse();
    }
  }

  /** One to four bytes changed, a stretch zeroed, or a stretch repeated. */
  private static byte[] damaged(byte[] sound, SplittableRandom random) {
    byte[] bytes = sound.clone();
    int at = random.nextInt(bytes.length);
    int length = Math.min(random.nextInt(1, 32), bytes.length - at);
    switch (random.nextInt(4)) {
      case 0 -> Arrays.fill(bytes, at, at + length, (byte) 0);
      case 1 -> System.arraycopy(sound, random.nextInt(at + 1), bytes, at, length);
      default -> {
        for (int i = random.nextInt(1, 5); i > 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
    }
    return bytes;
  }

  /** Whether the file could be read. */
  private boolean readOrRefuse(byte[] bytes) throws IOException {
    Path path = Files.write(folder.resolve("model.pt"), bytes);
    try (TorchPickleFile file = TorchPickleFile.open(path)) {
      for (String name : file.names()) {
        Scope.run(
            () -> {
              assertThat(TensorValues.shape(file.read(name))).isEqualTo(file.info(name).shape());
              assertThat(file.read(name).nbytes()).isLessThanOrEqualTo(LARGEST);
            });
      }
      return true;
    } catch (InvalidInputException e) {
      assertThat(e).hasMessageContaining(path.toString());
      return false;
    }
  }
}
