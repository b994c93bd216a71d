package org.ptuning4j.registry;

import java.nio.file.Path;
import org.ptuning4j.GoldenSet;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.pack.ForeignPrompts;
import org.ptuning4j.pack.TestPacks;

/** Packs to publish: small, and each different from the others. */
final class SamplePacks {

  private SamplePacks() {}

  /** A pack whose prompt has the length, as a mark by which it is known again. */
  static Path write(Path folder, int length) {
    try (Backbone backbone = ForeignPrompts.load(GoldenSet.folder().resolve("bert/model"))) {
      new TestPacks(backbone).save(folder, TestPacks.Form.ofLength(length), length);
    }
    return folder;
  }
}
