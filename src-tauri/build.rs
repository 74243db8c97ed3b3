//! Build step of the desktop shell: where the capability files are, and which commands a page could be allowed to use.

fn main() {
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*")
        .app_manifest(tauri_build::AppManifest::new().commands(&["rpc"]));
    tauri_build::try_build(attributes).expect("the build step of the desktop shell failed");
}
