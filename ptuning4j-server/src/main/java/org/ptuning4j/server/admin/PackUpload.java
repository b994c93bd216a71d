package org.ptuning4j.server.admin;

import io.javalin.http.Context;
import io.javalin.http.Header;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.ptuning4j.server.config.Limit;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.problem.ProblemDetails;
import org.ptuning4j.server.problem.ProblemException;
import org.ptuning4j.server.problem.ProblemKind;

/**
 * A pack that a request brings, as a zip of its files. No name in it becomes a path: the files of a
 * pack are known, and others are refused. What is read is counted as it is unpacked, so that a
 * small body cannot become a large file.
 *
 * @param limits as they are at present
 */
record PackUpload(Limits limits) {

  private static final String TYPE = "application/zip";
  private static final List<String> FILES =
      List.of("prompt.json", "prompt.safetensors", "model.safetensors");
  private static final int CHUNK = 8192;

  /** Writes the files into a new folder. */
  void unpack(Context ctx, Path folder) {
    if (!TYPE.equals(ctx.contentType())) {
      throw refused(
          ctx,
          ProblemDetails.ofValue(
              ProblemKind.UNSUPPORTED_MEDIA_TYPE,
              Header.CONTENT_TYPE,
              ctx.contentType(),
              "a zip of the pack's files is expected; with curl: --data-binary @pack.zip -H"
                  + " 'Content-Type: application/zip'"));
    }
    if (ctx.req().getContentLengthLong() > limits.of(Limit.PACK_BYTES)) {
      throw refused(ctx, tooLarge());
    }
    long end = System.nanoTime() + limits.seconds(Limit.BODY_SECONDS).toNanos();
    try (ZipInputStream zip = new ZipInputStream(ctx.req().getInputStream())) {
      long left = limits.of(Limit.PACK_BYTES);
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path target = folder.resolve(name(entry));
        if (Files.exists(target)) {
          throw bad("the file " + target.getFileName() + " is there twice");
        }
        left -= copy(zip, target, left, end);
      }
    } catch (ZipException e) {
      throw refused(ctx, bad("it is no whole zip").problem());
    } catch (IOException e) {
      throw refused(
          ctx, ProblemDetails.of(ProblemKind.BODY_TOO_SLOW, "the body did not come in time"));
    } catch (ProblemException e) {
      throw refused(ctx, e.problem());
    }
    if (!Files.exists(folder.resolve(FILES.get(0)))) {
      throw bad("there is no " + FILES.get(0) + " in it");
    }
  }

  private static String name(ZipEntry entry) {
    return FILES.stream()
        .filter(entry.getName()::equals)
        .findFirst()
        .orElseThrow(
            () ->
                ProblemDetails.ofValue(
                        ProblemKind.BAD_REQUEST,
                        "zip",
                        entry.getName(),
                        "a pack has the files " + String.join(", ", FILES) + ", and no folders")
                    .exception());
  }

  private long copy(InputStream in, Path target, long most, long end) throws IOException {
    long count = 0;
    byte[] chunk = new byte[CHUNK];
    try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        count += read;
        if (count > most) {
          throw tooLarge().exception();
        }
        if (System.nanoTime() - end > 0) {
          throw ProblemDetails.of(ProblemKind.BODY_TOO_SLOW, "the body did not come in time")
              .exception();
        }
        out.write(chunk, 0, read);
      }
    }
    return count;
  }

  private ProblemDetails tooLarge() {
    return ProblemDetails.of(
        ProblemKind.TOO_LARGE,
        "the pack is larger than the " + limits.of(Limit.PACK_BYTES) + " bytes that are read");
  }

  private static ProblemException bad(String detail) {
    return ProblemDetails.ofField(ProblemKind.BAD_REQUEST, "zip", detail).exception();
  }

  /** What is left of the body is not read, so the connection cannot go on. */
  private static ProblemException refused(Context ctx, ProblemDetails problem) {
    ctx.header(Header.CONNECTION, "close");
    return problem.exception();
  }
}
