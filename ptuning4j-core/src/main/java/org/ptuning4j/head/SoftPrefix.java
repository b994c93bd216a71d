package org.ptuning4j.head;

/**
 * The soft tokens that a prompt puts before each row of an item, and where heads over whole
 * sequences read the row then.
 *
 * @param length P, 0 where there are none
 * @param read whether they read the first soft token, as PEFT's classifiers of encoders do, and not
 *     the token that stands for the text
 */
public record SoftPrefix(int length, boolean read) {

  /** No soft tokens. */
  public static final SoftPrefix NONE = new SoftPrefix(0, false);

  /** Checks that there is something to read. */
  public SoftPrefix {
    if (length < 0 || (read && length == 0)) {
      throw new IllegalArgumentException(
          length + " soft tokens before a text" + (read ? ", the first of which is read" : ""));
    }
  }

  /** The item with the soft tokens before each of its rows. */
  public Item before(Item item) {
    Item moved = item.withPrefix(length);
    return read ? moved.withAnchors(0) : moved;
  }
}
