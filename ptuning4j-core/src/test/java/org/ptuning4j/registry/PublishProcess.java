package org.ptuning4j.registry;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that publishes a pack again and again, promotes what it published, and may be killed.
 */
public final class PublishProcess {

  private PublishProcess() {}

  /** Registry, pack, name, how many times. */
  public static void main(String[] args) {
    Registry registry = Registry.openOrCreate(Path.of(args[0]));
    int times = Integer.parseInt(args[3]);
    for (int i = 0; i < times; i++) {
      PublishedPack published =
          registry.publish(Path.of(args[1]), args[2], "number " + i, Optional.empty());
      System.out.println("published " + published.facts().version());
      registry.promote(published.facts().reference(), "prod");
      System.out.println("promoted " + published.facts().version());
    }
  }
}
