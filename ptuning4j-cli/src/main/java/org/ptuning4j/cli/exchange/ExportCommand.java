package org.ptuning4j.cli.exchange;

import java.nio.file.Path;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.backbone.Backbone;
import org.ptuning4j.backbone.BackboneFamilies;
import org.ptuning4j.backbone.ModelFolder;
import org.ptuning4j.cli.options.ModelLookup;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.pack.Pack;
import org.ptuning4j.pack.peft.PeftExport;
import org.ptuning4j.tensor.engine.Engine;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ptune export}: a pack in another program's format. */
@CommandLine.Command(
    name = "export",
    sortOptions = false,
    description = {
      "Writes a pack as an adapter folder of PEFT's, which computes the same there. A pack of which"
          + " PEFT would compute something else is refused, with what differs.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  ptune export runs/sst2/pack --format peft --model bert-mini --out adapters/sst2"
    })
public final class ExportCommand extends Command {

  private static final String PEFT = "peft";

  @Parameters(paramLabel = "PACK", description = "The pack, or the folder of the run that made it.")
  Path pack;

  @Option(
      names = "--model",
      required = true,
      paramLabel = ModelLookup.LABEL,
      description = "The model that it was trained on: " + ModelLookup.FORMS + ".")
  String model;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder that is written; it must be new.")
  Path out;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = PEFT,
      description = "The format: peft. Default: peft.")
  String format;

  public ExportCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    if (!format.equals(PEFT)) {
      throw InvalidInputException.of("format: '%s' is not known; there is %s", format, PEFT);
    }
    Pack opened = Pack.open(PackFolders.find(pack));
    ModelFolder folder = ModelFolder.open(ModelLookup.folder(console, model));
    try (Backbone backbone = BackboneFamilies.installed().load(folder, Engine.reference())) {
      new PeftExport(opened, backbone, folder).write(out);
    }
    console.print(out + ": an adapter of PEFT's, for " + folder.name());
    console.print(
        "  ptuning4j.json has the task's labels and columns, for `ptune import`; PEFT leaves it"
            + " unread");
    return OK;
  }
}
