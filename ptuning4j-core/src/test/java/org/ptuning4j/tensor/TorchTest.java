package org.ptuning4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.presets.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
}
