package org.ptuning4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.presets.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ptuning4j.ChildJvm;

class TorchTest {

  @BeforeAll
  static void start() {
    Torch.start();
  }

  /** Without the libraries for GPUs on the class path there is nothing to look for. */
  @Test
  void noLibraryOfCudaIsLookedForOnACpu() {
    List<String> wanted =
        Loader.loadProperties(torch.class, Loader.loadProperties(), true).get("platform.preload");

    assertThat(wanted).isNotEmpty().noneMatch(name -> name.startsWith("cu"));
    assertThat(Loader.getLoadedLibraries().keySet()).noneMatch(name -> name.startsWith("cu"));
  }

  @ParameterizedTest
  @CsvSource({"MALLOC_MMAP_THRESHOLD_, 1048576, apart", "OTHER, 1, heap"})
  @EnabledOnOs(OS.LINUX)
  void whatTheEnvironmentSaysOfMallocIsLeftAlone(
      String name, String value, String place, @TempDir Path folder) throws InterruptedException {
    try (ChildJvm child =
        ChildJvm.start(
            folder.resolve("log"), LargeBlock.class, List.of(), Map.of(name, value), List.of())) {
      assertThat(child.exitCode()).as(child.output()).isZero();
      assertThat(child.output()).contains("in: " + place);
    }
  }

  /** Says where a tensor of 20 MB is, which is less than the threshold that is set from within. */
  static final class LargeBlock {

    private LargeBlock() {}

    public static void main(String[] arguments) {
      Torch.start();
      Tensor block = org.bytedeco.pytorch.global.torch.zeros(5 << 20);
      // glibc marks what it maps apart in the word before the block
      boolean apart = (new LongPointer(block.data_ptr()).get(-1) & 2) != 0;
      System.out.println("in: " + (apart ? "apart" : "heap"));
    }
  }
}
