import OCIArchive
import OCIImage

/// The image of a layout or an archive that a sink wrote.
func readImage(_ path: String) throws -> Image {
    let layout = try ImageLayout(path)
    return try layout.image(layout.root())
}
