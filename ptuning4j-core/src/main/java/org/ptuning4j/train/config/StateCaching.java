package org.ptuning4j.train.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ptuning4j.settings.InvalidSettingException;

/**
 * What becomes of the states that the layers below a prompt give, which are the same in every epoch
 * as long as nothing is dropped there.
 *
 * @param kind where they are kept
 * @param limit with {@link Kind#DISK}: what all kept files may take together, in bytes
 */
public record StateCaching(Kind kind, long limit) {

  /** Where they are kept. */
  public enum Kind {
    /** In memory, for the run, as far as a part of it suffices. */
    AUTO,
    /** In files, for this run and later ones. */
    DISK,
    /** Nowhere: they are computed in every epoch, with dropout there too. */
    OFF
  }

  /** In memory. */
  public static final StateCaching AUTO = new StateCaching(Kind.AUTO, 0);

  /** Not at all. */
  public static final StateCaching OFF = new StateCaching(Kind.OFF, 0);

  /** What files may take unless another limit is given. */
  private static final long DISK_LIMIT = 20_000_000_000L;

  private static final Pattern SIZE = Pattern.compile("disk:([1-9][0-9]{0,5})(MB|GB|TB)");

  /** Files of up to 20 GB. */
  public static final StateCaching DISK = new StateCaching(Kind.DISK, DISK_LIMIT);

  /**
   * Reads {@code auto}, {@code off}, {@code disk} or {@code disk:SIZE}.
   *
   * @throws InvalidSettingException for anything else
   */
  public static StateCaching parse(String text) {
    Matcher sized = SIZE.matcher(text);
    if (sized.matches()) {
      return new StateCaching(Kind.DISK, Long.parseLong(sized.group(1)) * unit(sized.group(2)));
    }
    return switch (text) {
      case "auto" -> AUTO;
      case "off" -> OFF;
      case "disk" -> DISK;
      default ->
          throw new InvalidSettingException(
              "cache",
              "'" + text + "' is none of auto, disk, disk:SIZE (such as disk:50GB) and off");
    };
  }

  private static long unit(String name) {
    return switch (name) {
      case "MB" -> 1_000_000L;
      case "GB" -> 1_000_000_000L;
      default -> 1_000_000_000_000L;
    };
  }

  /** Whether nothing is kept, and dropout is everywhere. */
  public boolean isOff() {
    return kind == Kind.OFF;
  }

  /** The text that {@link #parse} reads. */
  public String label() {
    String name = kind.name().toLowerCase(Locale.ROOT);
    if (kind != Kind.DISK || limit == DISK_LIMIT) {
      return name;
    }
    return limit % 1_000_000_000L == 0
        ? name + ":" + limit / 1_000_000_000L + "GB"
        : name + ":" + limit / 1_000_000L + "MB";
  }
}
