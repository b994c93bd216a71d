package org.ptuning4j.data;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.SettingName;

/** What training does with a file that holds bad rows. */
public enum BadRowPolicy {
  /** Refuse the file: nothing is trained on data that is not what its owner believes it to be. */
  REFUSE,
  /** Leave the bad rows out; the caller reports how many there were. */
  SKIP;

  private static final int SHOWN = 5;

  /**
   * Applies the policy.
   *
   * @param file the file that holds the rows, for the message
   * @param badRows its bad rows in the order of their lines
   * @throws InvalidInputException under {@link #REFUSE} where there is a bad row, naming the first
   *     ones and what to type
   */
  public void apply(Path file, List<BadRow> badRows) {
    if (this == SKIP || badRows.isEmpty()) {
      return;
    }
    String first =
        badRows.stream().limit(SHOWN).map(row -> "  " + row).collect(Collectors.joining("\n"));
    String more = badRows.size() > SHOWN ? "\n  … and " + (badRows.size() - SHOWN) + " more" : "";
    throw InvalidInputException.of(
        """
        %s has %s:
        %s%s
        check-data with the same task shows all of them; %s leaves them out.\
        """,
        file,
        badRows.size() == 1 ? "a bad row" : badRows.size() + " bad rows",
        first,
        more,
        new SettingName("skip-bad-rows"));
  }
}
