package org.ptuning4j.cli;

import org.ptuning4j.Version;
import org.ptuning4j.tensor.Torch;
import picocli.CommandLine.IVersionProvider;

/** What {@code ptune --version} shows. */
final class VersionLine implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {
      "ptune "
          + Version.current()
          + " (libtorch "
          + Torch.version()
          + ", Java "
          + System.getProperty("java.version")
          + ")"
    };
  }
}
